package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where each leader's term began in the log: what followers truncate by (KIP-101, KIP-279). Each term is on disk before
 * its first record is.
 *
 * <p>Changes under the log's lock; may be read by any thread at any time.
 */
final class EpochLineage {

    static final Checkpoint FILE = new Checkpoint("leader-epochs", 2);

    /** The epoch before the first term. */
    static final int NONE = -1;

    /**
     * A term.
     *
     * @param epoch its number; each later term has a higher one
     * @param startOffset of its first record; never falls from term to term
     */
    record Term(int epoch, long startOffset) {}

    private final Disk disk;
    private final Path file;
    private final PartitionMetadata owner;
    private volatile List<Term> terms; // immutable

    EpochLineage(Disk disk, Path directory, PartitionMetadata owner, List<Term> terms) {
        this.owner = owner;
        this.disk = disk;
        this.file = directory.resolve(LogFiles.EPOCHS);
        this.terms = List.copyOf(terms);
    }

    /** What is on disk; empty if it is missing, damaged, or another log's, in which case the batches tell. */
    static Optional<EpochLineage> load(Disk disk, Path directory, PartitionMetadata owner) {
        return FILE.read(disk, directory.resolve(LogFiles.EPOCHS), owner)
                .flatMap(EpochLineage::parse)
                .map(terms -> new EpochLineage(disk, directory, owner, terms));
    }

    private static Optional<List<Term>> parse(List<String> lines) {
        List<Term> terms = new ArrayList<>();
        Term last = new Term(NONE, 0);
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            try {
                Term term = new Term(Integer.parseInt(words[0]), Long.parseLong(words[1]));
                if (term.epoch <= last.epoch || term.startOffset < last.startOffset) {
                    return Optional.empty();
                }
                terms.add(term);
                last = term;
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                return Optional.empty();
            }
        }
        return Optional.of(terms);
    }

    List<Term> terms() {
        return terms;
    }

    /** The newest term's epoch, or {@link #NONE}. */
    int latest() {
        List<Term> now = terms;
        return now.isEmpty() ? NONE : now.get(now.size() - 1).epoch;
    }

    /** Begins a term, if it is newer than the others. On disk when this returns. */
    void begin(int epoch, long startOffset) {
        if (epoch > latest()) {
            List<Term> longer = new ArrayList<>(terms);
            // A term that had no record has left no trace in the log.
            longer.removeIf(term -> term.startOffset >= startOffset);
            longer.add(new Term(epoch, startOffset));
            replace(longer);
        }
    }

    /** Forgets the terms that began at or after {@code endOffset}. */
    void truncate(long endOffset) {
        List<Term> now = terms;
        if (!now.isEmpty() && now.get(now.size() - 1).startOffset >= endOffset) {
            replace(now.stream().filter(term -> term.startOffset < endOffset).toList());
        }
    }

    /** Forgets the terms that began after the log's end: their records were lost with the tail. */
    void dropBeyond(long endOffset) {
        List<Term> kept =
                terms.stream().filter(term -> term.startOffset <= endOffset).toList();
        if (kept.size() < terms.size()) {
            replace(kept);
        }
    }

    private void replace(List<Term> next) {
        FILE.write(
                disk,
                file,
                owner,
                next.stream().map(term -> term.epoch + " " + term.startOffset).toList());
        terms = List.copyOf(next);
    }

    /** Writes what is in memory. */
    void save() {
        replace(terms);
    }

    /** The term that a record at {@code offset} belongs to, or {@link #NONE}. */
    int epochAt(long offset) {
        List<Term> now = terms;
        for (int i = now.size() - 1; i >= 0; i--) {
            if (now.get(i).startOffset <= offset) {
                return now.get(i).epoch;
            }
        }
        return NONE;
    }

    /** The last term up to {@code epoch}; empty if the log has none. */
    Optional<Term> atOrBefore(int epoch) {
        List<Term> now = terms;
        for (int i = now.size() - 1; i >= 0; i--) {
            if (now.get(i).epoch <= epoch) {
                return Optional.of(now.get(i));
            }
        }
        return Optional.empty();
    }

    /** As {@link PartitionLog#endOfTerm}. */
    Optional<TermEnd> endOfTerm(int epoch, long logEnd) {
        if (epoch < 0 || epoch > latest()) {
            return Optional.empty();
        }
        int known = atOrBefore(epoch).map(Term::epoch).orElse(epoch);
        return Optional.of(new TermEnd(known, endOf(epoch, logEnd)));
    }

    /** Where the term after {@code epoch} began; {@code logEnd} if there is none. */
    long endOf(int epoch, long logEnd) {
        for (Term term : terms) {
            if (term.epoch > epoch) {
                return term.startOffset;
            }
        }
        return logEnd;
    }
}
