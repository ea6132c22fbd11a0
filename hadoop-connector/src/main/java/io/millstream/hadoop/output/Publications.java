package io.millstream.hadoop.output;

import io.millstream.client.ClientException;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Versioned;
import io.millstream.hadoop.input.PlannedOffsets;
import io.millstream.hadoop.output.Publisher.Before;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, publishes and ends. Every step may be repeated by anybody, at any time: what stands in ZooKeeper says which one is next.
 */
final class Publications {

    private static final Logger log = LoggerFactory.getLogger(Publications.class);

    private final OutputSession session;
    private final PublicationRegister register;
    private final Configuration conf;
    private final Runnable tick;

    /** @param tick called now and then while something takes long */
    Publications(OutputSession session, Configuration conf, Runnable tick) {
        this.session = session;
        this.register = session.register();
        this.conf = conf;
        this.tick = tick;
    }

    /**
     * Commits a job's output: decides to publish what its tasks have staged, and publishes it. Goes on where an earlier call, of
     * whoever, stopped.
     *
     * @param tasks how many there must be at least
     */
    void commit(JobOutput output, int tasks) throws IOException {
        String publication = output.publication();
        Optional<PublicationRecord> standing = decided(output);
        if (standing.isPresent()) {
            finish(publication, standing.get(), Before.ANYBODY);
            return;
        }
        Decision.Taken taken;
        try {
            taken = new Decision(session, conf, tick).take(output, tasks);
        } catch (IOException | CoordinationException | ClientException e) {
            // What stood in the way may be the same decision, taken by another commit of the same job.
            Optional<PublicationRecord> meanwhile = decided(output, e);
            if (meanwhile.isEmpty()) {
                throw e;
            }
            finish(publication, meanwhile.get(), Before.ANYBODY);
            return;
        }
        finish(publication, taken.record(), taken.before());
    }

    private Optional<PublicationRecord> standing(String publication) {
        return register.read(publication).map(Versioned::value);
    }

    /** What was decided; nothing was if it is up to whoever speaks. */
    private Optional<PublicationRecord> decided(JobOutput output) {
        return standing(output.publication()).filter(record -> !record.isUpTo(output.applicationAttempt()));
    }

    private Optional<PublicationRecord> decided(JobOutput output, Exception before) {
        try {
            return decided(output);
        } catch (CoordinationException e) {
            before.addSuppressed(e);
            return Optional.empty();
        }
    }

    /** Finishes what is open, and clears away what is over. */
    void finish(String publication, PublicationRecord standing, Before before) throws IOException {
        if (standing.isBegunAnew()) {
            throw new OutputException("Publication " + publication + " was ABORTED, and application attempt "
                    + standing.anew()
                    + " of its job has begun it anew: that one publishes it when it commits. Nothing is sent;"
                    + " wait for the job, or, if it is dead, 'millstream output abandon "
                    + publication + "', and run it again");
        }
        if (standing.state() == PublicationState.ABORTED || standing.state() == PublicationState.ABANDONED) {
            throw new OutputException(
                    "Publication " + publication + " is over: it was " + standing.state() + afterwards(standing));
        }
        StagingPlace place = StagingPlace.of(new Path(standing.staging()), conf);
        PublicationRecord over = standing.isOpen() ? ended(publication, standing, place, before) : standing;
        if (over.state() != PublicationState.PUBLISHED) {
            throw new OutputException("Publication " + publication + " was " + over.state() + " while it was published"
                    + afterwards(over));
        }
        clear(publication, place);
    }

    /** What was aborted had sent nothing; what was given up may have. */
    private static String afterwards(PublicationRecord over) {
        return over.state() == PublicationState.ABANDONED
                ? ". Part of it may be in the topics: look there before the job is run again"
                : ". Nothing is sent; run the job again";
    }

    /**
     * Publishes it, and notes so only if all was sent from here: what others say is read, and never taken for granted.
     *
     * @return the record that stands afterwards, which is not open
     */
    private PublicationRecord ended(String publication, PublicationRecord standing, StagingPlace place, Before before)
            throws IOException {
        try {
            publish(publication, standing, place, before);
        } catch (NumberedSends.Finished e) {
            return overMeanwhile(publication)
                    .orElseThrow(() -> new OutputException(
                            "Publication " + publication + " stopped: its record was not to be seen for a moment."
                                    + " Do not run the job again: if 'millstream output list' has it,"
                                    + " 'millstream output resume " + publication + "' goes on"));
        } catch (IOException e) {
            // Another one may have finished, and has cleared the files away meanwhile.
            return overMeanwhile(publication, e).orElseThrow(() -> stopped(publication, e));
        }
        return register.end(publication, PublicationState.PUBLISHED);
    }

    /** What the file system says does not say what to do. */
    private static IOException stopped(String publication, IOException failure) {
        if (failure instanceof OutputException) {
            return failure;
        }
        String said = "Publication " + publication + " stopped: " + OutputException.oneLine(failure)
                + ". Part of it may be in the topics: do not run the job again; ";
        String resume = "'millstream output resume " + publication + "' goes on";
        return failure instanceof FileNotFoundException
                ? new OutputException(
                        said + "once what is missing is restored from a backup, " + resume
                                + "; if it is lost, end it with 'millstream output abandon " + publication + "'",
                        failure)
                : new OutputException(said + "when the cause is gone, " + resume, failure);
    }

    private Optional<PublicationRecord> overMeanwhile(String publication) {
        return standing(publication).filter(each -> !each.isOpen());
    }

    private Optional<PublicationRecord> overMeanwhile(String publication, IOException failure) {
        try {
            return overMeanwhile(publication);
        } catch (CoordinationException e) {
            failure.addSuppressed(e); // the cause is what has to be mended
            return Optional.empty();
        }
    }

    /** What is published stays so, and must not look as if it had failed. */
    private void clear(String publication, StagingPlace place) {
        try {
            place.storage().delete(place.root());
            register.forgetOld();
        } catch (IOException | CoordinationException e) {
            log.warn(
                    "Publication {} is published; what it leaves behind could not be cleared: {}. Delete {} if it is there",
                    publication,
                    e.getMessage(),
                    place.root());
        }
    }

    /**
     * Deletes the staging folder of a publication that is over, if somebody died before doing so, or an attempt that came late has made
     * it anew. What was over a while ago may have been begun anew since, so that the record is read here.
     *
     * @return its record, if there was one
     */
    Optional<PublicationRecord> clearLeftover(String publication) throws IOException {
        Optional<PublicationRecord> over = standing(publication).filter(PublicationRecord::isOver);
        if (over.isEmpty()) {
            return over;
        }
        StagingPlace place = StagingPlace.of(new Path(over.get().staging()), conf);
        if (place.storage().stat(place.root()).isEmpty()) {
            return Optional.empty();
        }
        place.storage().delete(place.root());
        return over;
    }

    private void publish(String publication, PublicationRecord record, StagingPlace place, Before before)
            throws IOException {
        if (before.anybody()) {
            register.begin(publication);
        }
        if (record.offsets() != null) {
            follow(publication, record, place);
        }
        OutputManifest manifest = new StagedDocuments(place).load(record.manifest(), OutputManifest.class);
        StagedTasks staged = new StagedTasks(place, tick);
        if (before.anybody()) { // else they were read a moment ago
            staged.ensureAre(manifest);
        }
        Publisher.Pace pace = new Publisher.Pace(
                session.loop(),
                OutputKey.IN_FLIGHT_BYTES.number(conf),
                tick,
                new WhileOpen(session, publication, !before.anybody()),
                session.doors().clock());
        new Publisher(session.outlet(), staged, publication, record, manifest, pace).publish(before);
    }

    private void follow(String publication, PublicationRecord record, StagingPlace place) throws IOException {
        PlannedOffsets planned = new StagedDocuments(place).load(record.offsets(), PlannedOffsets.class);
        InputOffsets.of(planned, session, conf).follow(publication);
        register.offsetsWritten(publication);
    }

    /**
     * A publication that was given up.
     *
     * @param record that stands now
     * @param warning what else has to be looked at, as one line
     */
    record Abandoned(PublicationRecord record, Optional<String> warning) {}

    /**
     * Gives up what is open, or begun anew. What was sent stays where it is, and what was read counts as read: offsets that were
     * decided are written first.
     */
    Abandoned abandon(String publication) throws IOException {
        Optional<String> warning = Optional.empty();
        Optional<PublicationRecord> standing = standing(publication);
        if (standing.isPresent() && standing.get().isOpen() && standing.get().offsets() != null) {
            warning = offsetsLeft(publication, standing.get());
        }
        PublicationRecord over = register.abandon(publication);
        clearAbandoned(over);
        return new Abandoned(over, warning);
    }

    /** Gives up what was begun anew, unless it was decided meanwhile; returns the record that stands. */
    PublicationRecord abandonAnew(String publication) throws IOException {
        PublicationRecord standing = register.abandonAnew(publication);
        clearAbandoned(standing);
        return standing;
    }

    private void clearAbandoned(PublicationRecord standing) throws IOException {
        if (standing.state() == PublicationState.ABANDONED) {
            StagingPlace place = StagingPlace.of(new Path(standing.staging()), conf);
            place.storage().delete(place.root());
        }
    }

    private Optional<String> offsetsLeft(String publication, PublicationRecord record) {
        try {
            follow(publication, record, StagingPlace.of(new Path(record.staging()), conf));
            return Optional.empty();
        } catch (IOException | CoordinationException e) {
            if (e instanceof CoordinationException refused && refused.reason() != Reason.REFUSED) {
                throw refused; // ZooKeeper may answer the next time
            }
            return Optional.of("Publication " + publication + " was given up when perhaps not all offsets of group "
                    + record.group() + " were written (" + OutputException.oneLine(e)
                    + "): compare them with what its job has read, and set those that are behind");
        }
    }

    /** Sees to it that nothing of a failed job is published, unless that was decided; then it stays as it is. */
    PublicationRecord abort(JobOutput output) throws IOException {
        StagingPlace place = output.place();
        PublicationRecord standing = register.abort(
                output.publication(),
                output.applicationAttempt(),
                output.job(),
                place.root().toString());
        if (standing.isOver()) {
            place.storage().delete(place.root());
        }
        return standing;
    }
}
