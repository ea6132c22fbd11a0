package io.millstream.broker.log;

/**
 * A topic's settings, as far as storage is concerned; Kafka's names and meanings. Immutable; a log can be given another
 * one at any time.
 *
 * @param rolling when a new segment begins
 * @param keeping when old segments go
 * @param accepting which batches are taken
 * @param flushing when data is forced to disk
 */
public record LogConfig(Rolling rolling, Keeping keeping, Accepting accepting, Flushing flushing) {

    /** "Never" or "no limit", for sizes and times that -1 switches off. */
    public static final long UNLIMITED = -1;

    /** Kafka's defaults (of 3.x, where the timestamp bounds are open). */
    public static final LogConfig DEFAULT = new LogConfig(
            new Rolling(1 << 30, 7 * 24 * 3_600_000L, 4096),
            new Keeping(7 * 24 * 3_600_000L, UNLIMITED),
            new Accepting(1_048_588, TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE),
            new Flushing(FlushMode.OS, Long.MAX_VALUE, Long.MAX_VALUE));

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

    private static void require(boolean condition, String key, long value) {
        if (!condition) {
            throw new IllegalArgumentException(key + "=" + value + " is out of range");
        }
    }

    public LogConfig with(Rolling other) {
        return new LogConfig(other, keeping, accepting, flushing);
    }

    public LogConfig with(Keeping other) {
        return new LogConfig(rolling, other, accepting, flushing);
    }

    public LogConfig with(Accepting other) {
        return new LogConfig(rolling, keeping, other, flushing);
    }

    public LogConfig with(Flushing other) {
        return new LogConfig(rolling, keeping, accepting, other);
    }
}
