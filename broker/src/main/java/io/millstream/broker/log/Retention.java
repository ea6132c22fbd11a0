package io.millstream.broker.log;

import java.util.List;

/** Decides which of the oldest segments go. Pure. */
final class Retention {

    /**
     * A segment, as far as the decision needs it.
     *
     * @param nextOffset after its last record
     * @param bytes its size
     * @param latestMillis time of its latest record, or of its last change if no record has a time
     */
    record Candidate(long nextOffset, long bytes, long latestMillis) {}

    private Retention() {}

    /**
     * How many segments go, from the oldest on.
     *
     * @param segments all of the log, the oldest first
     * @param upToOffset exclusive: nothing from here on goes
     */
    static int expired(List<Candidate> segments, LogConfig.Keeping rules, long nowMillis, long upToOffset) {
        long bytes = segments.stream().mapToLong(Candidate::bytes).sum();
        int count = 0;
        for (Candidate segment : segments) {
            boolean unused = segment.bytes == 0 && count == segments.size() - 1;
            boolean tooOld = rules.retentionMillis() != LogConfig.UNLIMITED
                    && nowMillis - segment.latestMillis > rules.retentionMillis();
            boolean tooMuch =
                    rules.retentionBytes() != LogConfig.UNLIMITED && bytes - segment.bytes >= rules.retentionBytes();
            if (unused || segment.nextOffset > upToOffset || !(tooOld || tooMuch)) {
                break;
            }
            bytes -= segment.bytes;
            count++;
        }
        return count;
    }
}
