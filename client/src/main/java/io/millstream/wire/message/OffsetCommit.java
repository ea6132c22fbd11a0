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
 * Key 8: store how far a group has read. Versions 2 to 8, flexible from 8. v3 throttle time, v5 takes the retention out,
 * v6 leader epochs (KIP-320), v7 static members (KIP-345).
 */
public final class OffsetCommit {

    /** The generation of a commit from outside the group's membership; its member id is empty. */
    public static final int NO_GENERATION = -1;

    /** The group's retention is the broker's. */
    public static final long DEFAULT_RETENTION = -1;

    /** No leader epoch given or known. */
    public static final int NO_EPOCH = -1;

    private OffsetCommit() {}

    /**
     * @param offset of the next record to read
     * @param leaderEpoch of the last record read; {@link #NO_EPOCH} if unknown, and before v6
     * @param metadata the consumer's own note; null if none
     */
    public record Offset(int partition, long offset, int leaderEpoch, String metadata) {

        static Offset read(Reader in) {
            int partition = in.int32();
            long offset = in.int64();
            int leaderEpoch = in.since(6) ? in.int32() : NO_EPOCH;
            return new Offset(partition, offset, leaderEpoch, in.nullableString());
        }

        static void write(Writer out, Offset offset) {
            out.int32(offset.partition);
            out.int64(offset.offset);
            if (out.since(6)) {
                out.int32(offset.leaderEpoch);
            }
            out.nullableString(offset.metadata);
        }
    }

    /**
     * @param instanceId of a static member; null for others, and before v7
     * @param retentionMillis of v2 to v4; {@link #DEFAULT_RETENTION} otherwise
     */
    public record Request(
            String groupId,
            int generation,
            String memberId,
            String instanceId,
            long retentionMillis,
            List<ByTopic<Offset>> topics)
            implements RequestBody {

        public static Request read(Reader in) {
            String groupId = in.string();
            int generation = in.int32();
            String memberId = in.string();
            String instanceId = in.since(7) ? in.nullableString() : null;
            long retentionMillis = in.since(5) ? DEFAULT_RETENTION : in.int64();
            List<ByTopic<Offset>> topics = in.structs(ByTopic.reader(Offset::read));
            return new Request(groupId, generation, memberId, instanceId, retentionMillis, topics);
        }

        @Override
        public ApiKey api() {
            return ApiKey.OFFSET_COMMIT;
        }

        @Override
        public void write(Writer out) {
            out.string(groupId);
            out.int32(generation);
            out.string(memberId);
            if (out.since(7)) {
                out.nullableString(instanceId);
            }
            if (!out.since(5)) {
                out.int64(retentionMillis);
            }
            out.structs(topics, ByTopic.writer(Offset::write));
        }
    }

    /** What became of one partition's offset. */
    public record Committed(int partition, ErrorCode error) {

        static Committed read(Reader in) {
            return new Committed(in.int32(), ErrorCode.read(in));
        }

        static void write(Writer out, Committed committed) {
            out.int32(committed.partition);
            committed.error.write(out);
        }
    }

    /** @param throttleMillis 0 before v3 */
    public record Response(int throttleMillis, List<ByTopic<Committed>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(3) ? in.int32() : 0;
            return new Response(throttleMillis, in.structs(ByTopic.reader(Committed::read)));
        }

        @Override
        public void write(Writer out) {
            if (out.since(3)) {
                out.int32(throttleMillis);
            }
            out.structs(topics, ByTopic.writer(Committed::write));
        }
    }
}
