package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 20001, Millstream's own: where a range of offsets can be cut into chunks of about one size, so that a batch job can
 * split a partition without reading it. Version 0, flexible.
 *
 * <p>The leader answers each range with chunks that follow one another without a gap: the first begins at the range's
 * {@code from}, each ends where the next begins, and the last ends at the answer's {@code end}. Every chunk but the first
 * begins at a batch border, so that no batch is read twice. A chunk ends at the first border (that the broker's index
 * knows) at which it holds the target or more; the last holds the rest. An empty range has no chunk; any other has at
 * least one, even where compaction has left no batch in it.
 *
 * <p>An answer is bounded by {@link #MAX_CHUNKS_PER_PARTITION} and {@link #MAX_CHUNKS}: its {@code end} may lie before the
 * range's {@code to}, and the rest is to be asked for from {@code end} on. At least one partition of each answer advances.
 *
 * <p>Errors per partition: {@link ErrorCode#OFFSET_OUT_OF_RANGE} if not all of the range lies between the log start offset
 * and the high watermark, {@link ErrorCode#OFFSET_NOT_AVAILABLE} if it ends above that of a leader that has just begun and may
 * not know yet what an earlier one told (KIP-207), {@link ErrorCode#INVALID_REQUEST} for a range that ends before it begins or a target below 1,
 * and those of Fetch about leaders and their epochs.
 */
public final class DescribeRanges {

    /** Most chunks that one answer gives for one partition. */
    public static final int MAX_CHUNKS_PER_PARTITION = 1_000;

    /** Most chunks that one answer gives for all partitions together. */
    public static final int MAX_CHUNKS = 100_000;

    /** No leader epoch known. */
    public static final int NO_EPOCH = -1;

    /** No offset: the answer is an error. */
    public static final long NO_OFFSET = -1;

    /** No timestamp known. */
    public static final long NO_TIMESTAMP = -1;

    private DescribeRanges() {}

    /**
     * @param leaderEpoch as the asker knows it, or {@link #NO_EPOCH}
     * @param from first offset, inclusive; need not be a batch border
     * @param to last offset, exclusive
     * @param targetBytes size wanted for each chunk, at least 1
     */
    public record Range(int partition, int leaderEpoch, long from, long to, long targetBytes) {

        static Range read(Reader in) {
            return new Range(in.int32(), in.int32(), in.int64(), in.int64(), in.int64());
        }

        static void write(Writer out, Range range) {
            out.int32(range.partition);
            out.int32(range.leaderEpoch);
            out.int64(range.from);
            out.int64(range.to);
            out.int64(range.targetBytes);
        }
    }

    /** At most one range per partition. */
    public record Request(List<ByTopic<Range>> topics) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(ByTopic.reader(Range::read)));
        }

        @Override
        public ApiKey api() {
            return ApiKey.DESCRIBE_RANGES;
        }

        @Override
        public void write(Writer out) {
            out.structs(topics, ByTopic.writer(Range::write));
        }
    }

    /**
     * A part of the range, from its offset to that of the next chunk, or to the answer's end.
     *
     * @param offset where the chunk begins, inclusive
     * @param bytes size of the chunk's batches, a batch that reaches beyond the range counted whole
     * @param maxTimestamp ms since the epoch, a bound: no record of the chunk is later; {@link #NO_TIMESTAMP} if not known
     */
    public record Chunk(long offset, long bytes, long maxTimestamp) {

        static Chunk read(Reader in) {
            return new Chunk(in.int64(), in.int64(), in.int64());
        }

        static void write(Writer out, Chunk chunk) {
            out.int64(chunk.offset);
            out.int64(chunk.bytes);
            out.int64(chunk.maxTimestamp);
        }
    }

    /**
     * @param end where the last chunk ends, exclusive: the range's {@code to}, or earlier if the answer is bounded;
     *     {@link #NO_OFFSET} with an error
     * @param chunks in the order of offsets
     */
    public record Described(int partition, ErrorCode error, long end, List<Chunk> chunks) {

        /** Nothing but an error. */
        public static Described failed(int partition, ErrorCode error) {
            return new Described(partition, error, NO_OFFSET, List.of());
        }

        static Described read(Reader in) {
            return new Described(in.int32(), ErrorCode.read(in), in.int64(), in.structs(Chunk::read));
        }

        static void write(Writer out, Described described) {
            out.int32(described.partition);
            described.error.write(out);
            out.int64(described.end);
            out.structs(described.chunks, Chunk::write);
        }
    }

    /** One answer per range of the request. */
    public record Response(int throttleMillis, List<ByTopic<Described>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(ByTopic.reader(Described::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, ByTopic.writer(Described::write));
        }
    }
}
