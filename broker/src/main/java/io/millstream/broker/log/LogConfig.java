package io.millstream.broker.log;

/**
 * A topic's settings, as far as storage is concerned; Kafka's names and meanings. Immutable; a log can be given another
 * one at any time.
 *
 * @param rolling when a new segment begins
 * @param keeping when old segments go
 * @param accepting which batches are taken
 * @param flushing when data is forced to disk
 * @param cleanup what happens to old records
 */
public record LogConfig(Rolling rolling, Keeping keeping, Accepting accepting, Flushing flushing, Cleanup cleanup) {

    /** "Never" or "no limit", for sizes and times that -1 switches off. */
    public static final long UNLIMITED = -1;

    /** Kafka's defaults (of 3.x, where the timestamp bounds are open). */
    public static final LogConfig DEFAULT = new LogConfig(
            new Rolling(1 << 30, 7 * 24 * 3_600_000L, 4096),
            new Keeping(7 * 24 * 3_600_000L, UNLIMITED),
            new Accepting(1_048_588, TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE),
            new Flushing(FlushMode.OS, Long.MAX_VALUE, Long.MAX_VALUE),
            new Cleanup(Policy.DELETE, 24 * 3_600_000L, 0, Long.MAX_VALUE, 0.5));

    /** What happens to old records ({@code cleanup.policy}). */
    public enum Policy {
        /** They go by age and size. */
        DELETE,
        /** Those that have a later one with the same key go. */
        COMPACT,
        /** Both. */
        COMPACT_AND_DELETE;

        /** Whether the last record of each key is kept, and older ones are not. */
        public boolean compacts() {
            return this != DELETE;
        }

        /** Whether age and size decide. */
        public boolean deletes() {
            return this != COMPACT;
        }
    }

    /**
     * When a new segment begins.
     *
     * @param segmentBytes {@code segment.bytes}: largest size of a segment. A batch that is larger gets one of its own
     * @param segmentMillis {@code segment.ms}: time after which a segment that has records is closed, in ms
     * @param indexIntervalBytes {@code index.interval.bytes}: about this much log lies between index entries
     */
    public record Rolling(int segmentBytes, long segmentMillis, int indexIntervalBytes) {
        /** @throws IllegalArgumentException if a value makes no sense */
        public Rolling {
            require(segmentBytes >= 1, "segment.bytes", segmentBytes);
            require(segmentMillis >= 1, "segment.ms", segmentMillis);
            require(indexIntervalBytes >= 0, "index.interval.bytes", indexIntervalBytes);
        }
    }

    /**
     * When old segments go.
     *
     * @param retentionMillis {@code retention.ms}: age of a segment's latest record at which it goes, in ms, or
     *     {@link #UNLIMITED}
     * @param retentionBytes {@code retention.bytes}: size the log may have, or {@link #UNLIMITED}
     */
    public record Keeping(long retentionMillis, long retentionBytes) {
        /** @throws IllegalArgumentException if a value makes no sense */
        public Keeping {
            require(retentionMillis >= UNLIMITED, "retention.ms", retentionMillis);
            require(retentionBytes >= UNLIMITED, "retention.bytes", retentionBytes);
        }
    }

    /**
     * Which batches are taken.
     *
     * @param maxMessageBytes {@code max.message.bytes}: largest batch, header included
     * @param timestampType {@code message.timestamp.type}
     * @param timestampBeforeMaxMillis {@code message.timestamp.before.max.ms}: how far in the past a producer's timestamp
     *     may lie
     * @param timestampAfterMaxMillis {@code message.timestamp.after.max.ms}: how far in the future it may lie
     */
    public record Accepting(
            int maxMessageBytes,
            TimestampType timestampType,
            long timestampBeforeMaxMillis,
            long timestampAfterMaxMillis) {
        /** @throws IllegalArgumentException if a value makes no sense */
        public Accepting {
            require(maxMessageBytes >= 0, "max.message.bytes", maxMessageBytes);
            require(timestampBeforeMaxMillis >= 0, "message.timestamp.before.max.ms", timestampBeforeMaxMillis);
            require(timestampAfterMaxMillis >= 0, "message.timestamp.after.max.ms", timestampAfterMaxMillis);
        }
    }

    /**
     * When data is forced to disk.
     *
     * @param mode {@code flush}
     * @param flushMessages {@code flush.messages}: after this many records
     * @param flushMillis {@code flush.ms}: this long after a record was appended
     */
    public record Flushing(FlushMode mode, long flushMessages, long flushMillis) {
        /** @throws IllegalArgumentException if a value makes no sense */
        public Flushing {
            require(flushMessages >= 1, "flush.messages", flushMessages);
            require(flushMillis >= 0, "flush.ms", flushMillis);
        }
    }

    /**
     * What happens to old records.
     *
     * @param deleteRetentionMillis {@code delete.retention.ms}: how long a tombstone stays once no older record of its key
     *     is left
     * @param minLagMillis {@code min.compaction.lag.ms}: how long a record stays whatever follows, in ms
     * @param maxLagMillis {@code max.compaction.lag.ms}: when compaction begins however little there is to gain, in ms
     * @param minDirtyRatio {@code min.cleanable.dirty.ratio}: part of the log, in bytes, that must be new for compaction to
     *     begin
     */
    public record Cleanup(
            Policy policy, long deleteRetentionMillis, long minLagMillis, long maxLagMillis, double minDirtyRatio) {
        /** @throws IllegalArgumentException if a value makes no sense */
        public Cleanup {
            require(deleteRetentionMillis >= 0, "delete.retention.ms", deleteRetentionMillis);
            require(minLagMillis >= 0, "min.compaction.lag.ms", minLagMillis);
            require(maxLagMillis >= 1 && maxLagMillis >= minLagMillis, "max.compaction.lag.ms", maxLagMillis);
            if (!(minDirtyRatio >= 0 && minDirtyRatio <= 1)) {
                throw new IllegalArgumentException("min.cleanable.dirty.ratio=" + minDirtyRatio + " is out of range");
            }
        }
    }

    private static void require(boolean condition, String key, long value) {
        if (!condition) {
            throw new IllegalArgumentException(key + "=" + value + " is out of range");
        }
    }

    public LogConfig with(Rolling other) {
        return new LogConfig(other, keeping, accepting, flushing, cleanup);
    }

    public LogConfig with(Keeping other) {
        return new LogConfig(rolling, other, accepting, flushing, cleanup);
    }

    public LogConfig with(Accepting other) {
        return new LogConfig(rolling, keeping, other, flushing, cleanup);
    }

    public LogConfig with(Flushing other) {
        return new LogConfig(rolling, keeping, accepting, other, cleanup);
    }

    public LogConfig with(Cleanup other) {
        return new LogConfig(rolling, keeping, accepting, flushing, other);
    }
}
