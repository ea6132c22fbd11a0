package io.millstream.broker.log;

import java.util.ArrayList;
import java.util.List;

/** Decides when a log is compacted, and which neighbours become one segment. Pure. */
final class CompactionPlan {

    /**
     * A segment, as far as the decisions need it.
     *
     * @param nextOffset where it ends
     * @param bytes its size
     * @param earliestMillis time of its first dirty record, or of its last change if that has none
     * @param latestMillis time of its latest record, or of its last change if no record has a time
     */
    record Candidate(long baseOffset, long nextOffset, long bytes, long earliestMillis, long latestMillis) {}

    private CompactionPlan() {}

    /**
     * Whether the log should be compacted.
     *
     * @param segments all but the last, which never is; the oldest first
     * @param upToOffset exclusive: a segment that reaches further is left alone
     */
    static CompactionNeed need(
            List<Candidate> segments, LogConfig.Cleanup rules, CompactionPoint point, long nowMillis, long upToOffset) {
        long clean = 0;
        long dirty = 0;
        int count = 0;
        boolean overdue = false;
        for (Candidate segment : segments) {
            boolean isDirty = segment.nextOffset > point.firstDirtyOffset();
            boolean tooYoung =
                    isDirty && rules.minLagMillis() > 0 && nowMillis - segment.latestMillis < rules.minLagMillis();
            if (segment.nextOffset > upToOffset || tooYoung) {
                break;
            }
            if (isDirty) {
                dirty += segment.bytes;
                overdue |= segment.bytes > 0 && nowMillis - segment.earliestMillis > rules.maxLagMillis();
            } else {
                clean += segment.bytes;
            }
            count++;
        }
        double ratio = dirty == 0 ? 0 : (double) dirty / (clean + dirty);
        boolean horizonPassed = count > 0 && point.nextHorizonMillis() <= nowMillis;
        boolean due = horizonPassed || (dirty > 0 && (overdue || ratio >= rules.minDirtyRatio()));
        return new CompactionNeed(due, overdue, ratio, count, point.firstDirtyOffset());
    }

    /**
     * Which neighbours become one segment, as counts that add up to the number of segments. They are judged by their size
     * before they shrink, so that what comes out surely fits.
     */
    static List<Integer> groups(List<Candidate> segments, int segmentBytes) {
        List<Integer> groups = new ArrayList<>();
        int count = 0;
        long bytes = 0;
        long base = 0;
        for (Candidate segment : segments) {
            boolean fits = bytes + segment.bytes <= segmentBytes && segment.nextOffset - base <= Integer.MAX_VALUE;
            if (count > 0 && !fits) {
                groups.add(count);
                count = 0;
            }
            if (count == 0) {
                base = segment.baseOffset;
                bytes = 0;
            }
            bytes += segment.bytes;
            count++;
        }
        if (count > 0) {
            groups.add(count);
        }
        return groups;
    }
}
