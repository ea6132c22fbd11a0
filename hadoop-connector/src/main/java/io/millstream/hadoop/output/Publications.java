package io.millstream.hadoop.output;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.input.PlannedOffsets;
import io.millstream.hadoop.output.OutputManifest.Target;
import io.millstream.hadoop.output.Publisher.Before;
import io.millstream.hadoop.output.StagedTasks.Total;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, publishes and ends. Every step may be repeated by anybody, at any time: what stands in ZooKeeper says which one is next.
 */
final class Publications {

    private static final Logger log = LoggerFactory.getLogger(Publications.class);

    /** As many as there are sequences. */
    private static final long MAX_RECORDS = Integer.MAX_VALUE;

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
    void commit(String publication, String job, StagingPlace place, int tasks) throws IOException {
        Optional<Versioned<PublicationRecord>> standing = register.read(publication);
        if (standing.isPresent()) {
            finish(publication, standing.get().value(), Before.ANYBODY);
            return;
        }
        Optional<InputOffsets> offsets = InputOffsets.in(conf).map(this::inputOffsets);
        if (offsets.isPresent()) {
            ensureNobodyIsWriting(offsets.get().group());
        }
        OutputManifest manifest = manifest(publication, place, tasks);
        DocumentRef stored = store("manifest", manifest, place);
        DocumentRef pending = null;
        List<Write> further = List.of();
        if (offsets.isPresent() && offsets.get().fit(publication)) {
            further = offsets.get().atOnce(publication);
        } else if (offsets.isPresent()) {
            offsets.get().ensureAsPlanned();
            pending = store("offsets", offsets.get().planned(), place);
            further = List.of(offsets.get().raise(publication));
        }
        PublicationRecord wanted = new PublicationRecord(
                PublicationState.OPEN,
                job,
                place.root().toString(),
                stored,
                PublicationRecord.NO_PRODUCER,
                manifest.targets().stream().mapToLong(Target::records).sum(),
                offsets.map(InputOffsets::group).orElse(null),
                pending);
        decide(publication, wanted, further);
    }

    private InputOffsets inputOffsets(PlannedOffsets planned) {
        int most = session.coordination().maxCommitBytes() / 2; // the decision itself needs some room
        long wanted = conf.getLong(OutputKey.COMMIT_MAX_BYTES.key(), most);
        return new InputOffsets(session.coordination(), planned, Math.min(most, wanted));
    }

    private void decide(String publication, PublicationRecord wanted, List<Write> further) throws IOException {
        long before = session.doors().clock().nanos();
        AtomicReference<PublicationRecord> ours = new AtomicReference<>();
        Versioned<PublicationRecord> decided;
        try {
            decided = register.decide(
                    publication, producerId -> ours.updateAndGet(last -> wanted.by(producerId)), further);
        } catch (CoordinationException e) {
            if (e.reason() != Reason.CONFLICT || wanted.group() == null) {
                throw e;
            }
            throw new OutputException(
                    "Publication " + publication + ": offsets of group " + wanted.group()
                            + " were moved by another job since this one was planned ("
                            + e.path().orElse(e.getMessage()) + "). Nothing is published; run the job again",
                    e);
        }
        boolean mine = decided.value().equals(ours.get());
        finish(publication, decided.value(), mine ? Before.nobody(before) : Before.ANYBODY);
    }

    /** Offsets that are decided and not written yet look as if nobody had read what is behind them. */
    private void ensureNobodyIsWriting(String group) throws OutputException {
        for (Map.Entry<String, Versioned<PublicationRecord>> each :
                register.all().entrySet()) {
            PublicationRecord other = each.getValue().value();
            if (other.isOpen() && group.equals(other.group()) && other.offsets() != null) {
                throw new OutputException("Offsets of group " + group + " are being written by publication "
                        + each.getKey() + ". Run 'millstream output resume " + each.getKey() + "', then the job again");
            }
        }
    }

    private OutputManifest manifest(String publication, StagingPlace place, int tasks) throws IOException {
        StagedTasks.Found found = new StagedTasks(place, tick).readAll();
        if (found.files().size() < tasks) {
            throw new OutputException("Staging folder " + place.root() + " has the output of "
                    + found.files().size() + " tasks of " + tasks
                    + ": somebody has deleted from it. Nothing is published;"
                    + " run the job again");
        }
        SortedMap<TopicPartition, Total> totals = found.totals();
        Map<TopicPartition, Long> ends =
                totals.isEmpty() ? Map.of() : session.outlet().endOffsets(totals.keySet());
        List<Target> targets = new ArrayList<>();
        for (Map.Entry<TopicPartition, Total> each : totals.entrySet()) {
            TopicPartition partition = each.getKey();
            Total total = each.getValue();
            if (total.records() > MAX_RECORDS) {
                throw new OutputException("Publication " + publication + " has " + total.records()
                        + " records for partition " + partition + "; at most " + MAX_RECORDS
                        + " can be published at once. Write to more partitions, or in several jobs");
            }
            targets.add(new Target(
                    partition.topic().value(),
                    total.topicId(),
                    partition.partition(),
                    total.records(),
                    ends.get(partition)));
        }
        OutputManifest manifest = new OutputManifest(found.files(), targets);
        Optional<String> objection = Publisher.otherTopic(session.outlet(), manifest);
        if (objection.isPresent()) {
            throw new OutputException("Publication " + publication + ": " + objection.get()
                    + ". Nothing is published; run the job again");
        }
        return manifest;
    }

    /** Under a name that its content decides: who stores the same has stored it. */
    private static DocumentRef store(String kind, Object document, StagingPlace place) throws IOException {
        byte[] content = Document.write(document);
        String name = kind + "-" + DocumentRef.of("", content).sha256().substring(0, 16) + ".json";
        Path path = place.below(name);
        if (place.storage().stat(path).isPresent()) {
            place.storage().delete(path); // perhaps cut off; nobody refers to it, or nothing would be decided here
        }
        place.storage().write(path, content);
        return DocumentRef.of(name, content);
    }

    /** Finishes what is open, and clears away what is over. */
    void finish(String publication, PublicationRecord standing, Before before) throws IOException {
        if (standing.state() == PublicationState.ABORTED || standing.state() == PublicationState.ABANDONED) {
            throw new OutputException("Publication " + publication + " is over: it was " + standing.state()
                    + ". Nothing is sent; run the job again");
        }
        StagingPlace place = StagingPlace.of(new Path(standing.staging()), conf);
        PublicationRecord over = standing;
        if (standing.isOpen()) {
            try {
                publish(publication, standing, place, before);
            } catch (NumberedSends.Finished e) {
                ensurePublished(publication);
            } catch (IOException e) {
                if (register.read(publication)
                        .map(Versioned::value)
                        .filter(each -> !each.isOpen())
                        .isEmpty()) {
                    throw e;
                }
                ensurePublished(publication); // another one finished, and has cleared the files away meanwhile
            }
            over = register.end(publication, PublicationState.PUBLISHED);
        }
        if (over.state() != PublicationState.PUBLISHED) {
            throw new OutputException(
                    "Publication " + publication + " was " + over.state() + " while it was published");
        }
        clear(publication, place);
    }

    /** What is published stays so, and must not look as if it had failed. */
    private void clear(String publication, StagingPlace place) {
        try {
            place.storage().delete(place.root());
            register.forgetOld(publication);
        } catch (IOException | CoordinationException e) {
            log.warn(
                    "Publication {} is published; what it leaves behind could not be cleared: {}. Delete {} if it is there",
                    publication,
                    e.getMessage(),
                    place.root());
        }
    }

    private void ensurePublished(String publication) throws OutputException {
        PublicationState state = register.read(publication)
                .map(each -> each.value().state())
                .orElse(PublicationState.PUBLISHED); // long ago
        if (state != PublicationState.PUBLISHED) {
            throw new OutputException("Publication " + publication + " was " + state + " while it was published");
        }
    }

    private void publish(String publication, PublicationRecord record, StagingPlace place, Before before)
            throws IOException {
        if (record.offsets() != null) {
            PlannedOffsets planned = load(record.offsets(), PlannedOffsets.class, place);
            inputOffsets(planned).follow(publication);
            register.offsetsWritten(publication);
        }
        OutputManifest manifest = load(record.manifest(), OutputManifest.class, place);
        StagedTasks staged = new StagedTasks(place, tick);
        if (before.anybody()) { // else they were read a moment ago
            staged.ensureAre(manifest);
        }
        Publisher.Pace pace = new Publisher.Pace(
                session.loop(),
                OutputKey.IN_FLIGHT_BYTES.number(conf),
                tick,
                new WhileOpen(session, publication),
                session.doors().clock());
        new Publisher(session.outlet(), staged, publication, record, manifest, pace).publish(before);
    }

    private static <T> T load(DocumentRef document, Class<T> type, StagingPlace place) throws IOException {
        Path path = place.below(document.path());
        byte[] content = place.storage().read(path);
        try {
            document.ensureIs(content);
        } catch (IngestException e) {
            throw new OutputException(e.getMessage(), e);
        }
        return Document.read(content, type, path.toString());
    }

    /** Gives up what is open. What was sent stays where it is. */
    PublicationRecord abandon(String publication) throws IOException {
        PublicationRecord over = register.end(publication, PublicationState.ABANDONED);
        if (over.state() == PublicationState.ABANDONED) {
            StagingPlace place = StagingPlace.of(new Path(over.staging()), conf);
            place.storage().delete(place.root());
        }
        return over;
    }

    /** Sees to it that nothing of a failed job is published, unless that was decided; then it stays as it is. */
    PublicationRecord abort(String publication, String job, StagingPlace place) throws IOException {
        PublicationRecord standing =
                register.abort(publication, job, place.root().toString());
        if (!standing.isOpen()) {
            place.storage().delete(place.root());
        }
        return standing;
    }
}
