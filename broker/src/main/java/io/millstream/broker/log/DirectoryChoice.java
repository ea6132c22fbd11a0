package io.millstream.broker.log;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which data directory a new log goes to: that with the fewest logs, as Kafka has it, because new logs are alike and their
 * number says best how the load will be shared. Among those with equally many: the one whose logs have the fewest bytes,
 * then the first in {@code log.dirs}. A directory that is nearly full is chosen only if all are. Pure.
 */
final class DirectoryChoice {

    /** With less than this left, a directory is nearly full. */
    static final long NEARLY_FULL_BYTES = 64L << 20;

    private static final Comparator<Candidate> EMPTIEST = Comparator.comparing(Candidate::nearlyFull)
            .thenComparingInt(Candidate::logs)
            .thenComparingLong(Candidate::bytes);

    private DirectoryChoice() {}

    /**
     * A directory that works.
     *
     * @param logs how many it has, those that are being made or could not be opened included
     * @param bytes of its logs
     * @param usableBytes that could still be written
     */
    record Candidate(int logs, long bytes, long usableBytes) {

        private boolean nearlyFull() {
            return usableBytes < NEARLY_FULL_BYTES;
        }
    }

    /** Index of the candidate to take; there must be one. */
    static int emptiest(List<Candidate> candidates) {
        return IntStream.range(0, candidates.size())
                .boxed()
                .min(Comparator.comparing(candidates::get, EMPTIEST)) // the first of equals
                .orElseThrow();
    }
}
