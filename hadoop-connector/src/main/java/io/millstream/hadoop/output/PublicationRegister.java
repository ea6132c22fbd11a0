package io.millstream.hadoop.output;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The publications in ZooKeeper. Each record is made once, whatever it says, and changed by compare-and-set; where the connection
 * breaks during a write, the record is read again and says what became of it. Safe for use by several threads.
 */
final class PublicationRegister {

    private static final int ATTEMPTS = 20;
    private static final int READS_AT_ONCE = 100;

    /** Who asks for a publication after that has a week-old application: the record has told its job long ago. */
    private static final long KEPT_MILLIS = TimeUnit.DAYS.toMillis(7);

    private final Coordination coordination;

    PublicationRegister(Coordination coordination) {
        this.coordination = coordination;
    }

    /** The record as it is after all that ZooKeeper has accepted so far. */
    Optional<Versioned<PublicationRecord>> read(String publication) {
        await(coordination.sync());
        return readNow(publication);
    }

    private Optional<Versioned<PublicationRecord>> readNow(String publication) {
        return await(coordination.read(Paths.output(publication))).map(found -> parsed(publication, found));
    }

    private static Versioned<PublicationRecord> parsed(String publication, Versioned<byte[]> found) {
        return found.with(Document.read(found.value(), PublicationRecord.class, Paths.output(publication)));
    }

    /**
     * All publications, by name.
     *
     * @param records those that can be read
     * @param unreadable why the others cannot
     * @param latestMillis when the last one was written, by ZooKeeper's own clock
     */
    record Listing(
            SortedMap<String, Versioned<PublicationRecord>> records,
            SortedMap<String, String> unreadable,
            long latestMillis) {

        Listing(SortedMap<String, Versioned<PublicationRecord>> records, SortedMap<String, String> unreadable) {
            this(
                    records,
                    unreadable,
                    records.values().stream()
                            .mapToLong(Versioned::modifiedMillis)
                            .max()
                            .orElse(0));
        }

        /** Whether nothing was heard of it in the week before the last record was written. */
        boolean isOld(Versioned<PublicationRecord> record) {
            return latestMillis - record.modifiedMillis() > KEPT_MILLIS;
        }
    }

    /** All there are. One that cannot be read does not keep anybody from the others. */
    Listing all() {
        await(coordination.sync());
        SortedMap<String, Versioned<PublicationRecord>> records = new TreeMap<>();
        SortedMap<String, String> unreadable = new TreeMap<>();
        List<String> names = await(coordination.children(Paths.OUTPUT)).stream()
                .flatMap(segment -> Paths.name(segment).stream())
                .toList();
        for (int at = 0; at < names.size(); at += READS_AT_ONCE) {
            Map<String, CompletableFuture<Optional<Versioned<byte[]>>>> asked = new TreeMap<>();
            names.subList(at, Math.min(names.size(), at + READS_AT_ONCE))
                    .forEach(name -> asked.put(name, coordination.read(Paths.output(name))));
            asked.forEach((name, answer) -> await(answer).ifPresent(found -> {
                try {
                    records.put(name, parsed(name, found));
                } catch (CoordinationException e) {
                    unreadable.put(name, e.getMessage());
                }
            }));
        }
        return new Listing(records, unreadable);
    }

    /**
     * Makes a publication's record, if there is none or what becomes of it is up to this application attempt.
     *
     * @param decision the record
     * @param further steps that must hold, or nothing is decided
     * @return the record that stands, ours or an earlier one
     * @throws CoordinationException if {@code further} does not hold, or ZooKeeper stayed out of reach: then read again
     */
    Versioned<PublicationRecord> decide(
            String publication, int applicationAttempt, PublicationRecord decision, List<Write> further) {
        await(coordination.ensurePath(Paths.OUTPUT));
        String path = Paths.output(publication);
        byte[] ours = Document.write(decision);
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Versioned<PublicationRecord>> standing = read(publication);
            if (standing.isPresent() && !standing.get().value().isUpTo(applicationAttempt)) {
                return standing.get();
            }
            List<Write> steps = new ArrayList<>(further);
            steps.add(standing.<Write>map(aborted -> new Write.Update(path, ours, aborted.version()))
                    .orElseGet(() -> new Write.Create(path, ours)));
            try {
                await(coordination.commit(steps));
            } catch (CoordinationException e) {
                if (!mayPass(e, path)) {
                    throw e;
                }
                last = e;
            }
        }
        return read(publication)
                .filter(found -> !found.value().isUpTo(applicationAttempt)) // what it was before decides nothing
                .orElseThrow(neverNull(last));
    }

    private static Supplier<CoordinationException> neverNull(CoordinationException last) {
        return () -> last;
    }

    /** Our record is there, or another one is; or nobody knows. */
    private static boolean mayPass(CoordinationException e, String ours) {
        return switch (e.reason()) {
            case UNKNOWN_OUTCOME, SESSION_EXPIRED -> true;
            case CONFLICT -> e.path().filter(ours::equals).isPresent();
            case REFUSED -> false;
        };
    }

    /** Notes that nothing of a job will ever be published, unless something else was decided; returns the record that stands. */
    PublicationRecord abort(String publication, int applicationAttempt, String job, String staging) {
        await(coordination.ensurePath(Paths.OUTPUT));
        PublicationRecord aborted = PublicationRecord.aborted(job, staging);
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Versioned<PublicationRecord>> standing = read(publication);
            if (standing.isPresent()) {
                return change(publication, record -> record.abortedBy(applicationAttempt));
            }
            try {
                await(coordination.commit(new Write.Create(Paths.output(publication), Document.write(aborted))));
            } catch (CoordinationException e) {
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                last = e;
            }
        }
        return read(publication).map(Versioned::value).orElseThrow(neverNull(last));
    }

    /** Notes that an application attempt begins the job from scratch, if its output was aborted. */
    void begunAnew(String publication, int applicationAttempt) {
        if (read(publication).isPresent()) {
            change(publication, record -> record.begunAnewBy(applicationAttempt));
        }
    }

    /**
     * Makes an open publication one that is over; whoever was first is right.
     *
     * @return the record that stands afterwards, which is not open
     */
    PublicationRecord end(String publication, PublicationState how) {
        return change(publication, record -> record.isOpen() ? record.in(how) : record);
    }

    /** Notes that a person gives up what is open or begun anew; returns the record that stands afterwards, which is over. */
    PublicationRecord abandon(String publication) {
        return change(publication, PublicationRecord::abandoned);
    }

    /** Notes that nobody works any more on what was begun anew, unless it was decided; returns the record that stands. */
    PublicationRecord abandonAnew(String publication) {
        return change(publication, record -> record.isBegunAnew() ? record.abandoned() : record);
    }

    /** Notes, before anything is sent, that another one begins to publish; perhaps twice, which does no harm. */
    void begin(String publication) {
        change(publication, record -> record.isOpen() ? record.withAnother() : record);
    }

    /** Notes that all offsets of an open publication are written; returns the record that stands afterwards. */
    PublicationRecord offsetsWritten(String publication) {
        return change(publication, record -> record.isOpen() ? record.withoutOffsets() : record);
    }

    /** @param step to the record as it should be, and from that to itself */
    private PublicationRecord change(String publication, UnaryOperator<PublicationRecord> step) {
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Versioned<PublicationRecord> standing = read(publication)
                    .orElseThrow(() -> new CoordinationException(
                            Reason.REFUSED, "There is no publication " + publication + " in ZooKeeper", null));
            PublicationRecord next = step.apply(standing.value());
            if (next.equals(standing.value())) {
                return next;
            }
            try {
                await(coordination.commit(
                        new Write.Update(Paths.output(publication), Document.write(next), standing.version())));
                return next;
            } catch (CoordinationException e) {
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                last = e;
            }
        }
        Optional<PublicationRecord> standing = read(publication).map(Versioned::value);
        return standing.filter(each -> step.apply(each).equals(each)).orElseThrow(neverNull(last));
    }

    /** Removes records of publications that have been over for a week. */
    void forgetOld() {
        Listing all = all();
        all.records.forEach((name, record) -> {
            if (record.value().isOver() && all.isOld(record)) {
                remove(name, record.version());
            }
        });
    }

    private void remove(String publication, int version) {
        try {
            await(coordination.commit(new Write.Delete(Paths.output(publication), version)));
        } catch (CoordinationException e) {
            if (e.reason() == Reason.REFUSED) {
                throw e;
            }
            // Somebody else removed it, or it is removed next time.
        }
    }
}
