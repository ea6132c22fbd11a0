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
 * Key 2: where in a partition a timestamp falls. Versions 1 to 7, flexible from 6. v2 isolation level and throttle time,
 * v4 leader epochs, v7 the offset of the largest timestamp (KIP-734).
 */
public final class ListOffsets {

    /** Asks for the end offset (the high watermark, for a consumer). */
    public static final long LATEST = -1;

    /** Asks for the log start offset. */
    public static final long EARLIEST = -2;

    /** Asks for the offset of the record with the largest timestamp (v7). */
    public static final long MAX_TIMESTAMP = -3;

    /** No leader epoch given or known. */
    public static final int NO_EPOCH = -1;

    /** A consumer rather than a follower asks. */
    public static final int CONSUMER = -1;

    /** Whoever looks for what is wrong: any replica may answer, not only the leader. */
    public static final int DEBUGGER = -2;

    private ListOffsets() {}

    /** @param timestamp ms since the epoch, or one of the constants above */
    public record Query(int partition, int leaderEpoch, long timestamp) {

        static Query read(Reader in) {
            int partition = in.int32();
            int leaderEpoch = in.since(4) ? in.int32() : NO_EPOCH;
            return new Query(partition, leaderEpoch, in.int64());
        }

        static void write(Writer out, Query query) {
            out.int32(query.partition);
            if (out.since(4)) {
                out.int32(query.leaderEpoch);
            }
            out.int64(query.timestamp);
        }
    }

    /** @param isolation 0 read uncommitted, 1 read committed; 0 before v2 */
    public record Request(int replicaId, byte isolation, List<ByTopic<Query>> topics) implements RequestBody {

        public static Request read(Reader in) {
            int replicaId = in.int32();
            byte isolation = in.since(2) ? in.int8() : 0;
            return new Request(replicaId, isolation, in.structs(ByTopic.reader(Query::read)));
        }

        @Override
        public ApiKey api() {
            return ApiKey.LIST_OFFSETS;
        }

        @Override
        public void write(Writer out) {
            out.int32(replicaId);
            if (out.since(2)) {
                out.int8(isolation);
            }
            out.structs(topics, ByTopic.writer(Query::write));
        }
    }

    /**
     * @param timestamp of the record found; -1 if none
     * @param offset the first offset whose record is at or after the time asked for; -1 if none
     */
    public record Found(int partition, ErrorCode error, long timestamp, long offset, int leaderEpoch) {

        static Found read(Reader in) {
            int partition = in.int32();
            ErrorCode error = ErrorCode.read(in);
            long timestamp = in.int64();
            long offset = in.int64();
            return new Found(partition, error, timestamp, offset, in.since(4) ? in.int32() : NO_EPOCH);
        }

        static void write(Writer out, Found found) {
            out.int32(found.partition);
            found.error.write(out);
            out.int64(found.timestamp);
            out.int64(found.offset);
            if (out.since(4)) {
                out.int32(found.leaderEpoch);
            }
        }
    }

    /** @param throttleMillis 0 before v2 */
    public record Response(int throttleMillis, List<ByTopic<Found>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(2) ? in.int32() : 0;
            return new Response(throttleMillis, in.structs(ByTopic.reader(Found::read)));
        }

        @Override
        public void write(Writer out) {
            if (out.since(2)) {
                out.int32(throttleMillis);
            }
            out.structs(topics, ByTopic.writer(Found::write));
        }
    }
}
