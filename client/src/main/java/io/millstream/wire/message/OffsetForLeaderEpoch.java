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
 * Key 23: where a leader epoch ends, so that whoever read from another leader learns how far the two agree (KIP-101,
 * KIP-320). Versions 2 to 4, flexible from 4. v3 tells followers from consumers.
 */
public final class OffsetForLeaderEpoch {

    /** A consumer asks. */
    public static final int CONSUMER = -1;

    /** Before v3 nobody says who asks. */
    public static final int NOT_SAID = -2;

    /** No leader epoch given or known. */
    public static final int NO_EPOCH = -1;

    /** The end is not known: with an error, or with an epoch that the leader knows nothing of. */
    public static final long NO_OFFSET = -1;

    private OffsetForLeaderEpoch() {}

    /**
     * @param currentLeaderEpoch as the asker knows it; {@link #NO_EPOCH} if it does not
     * @param leaderEpoch whose end is wanted
     */
    public record Query(int partition, int currentLeaderEpoch, int leaderEpoch) {

        static Query read(Reader in) {
            return new Query(in.int32(), in.int32(), in.int32());
        }

        static void write(Writer out, Query query) {
            out.int32(query.partition);
            out.int32(query.currentLeaderEpoch);
            out.int32(query.leaderEpoch);
        }
    }

    /** @param replicaId a follower's broker id, or {@link #CONSUMER}; {@link #NOT_SAID} before v3 */
    public record Request(int replicaId, List<ByTopic<Query>> topics) implements RequestBody {

        public static Request read(Reader in) {
            int replicaId = in.since(3) ? in.int32() : NOT_SAID;
            return new Request(replicaId, in.structs(ByTopic.reader(Query::read)));
        }

        @Override
        public ApiKey api() {
            return ApiKey.OFFSET_FOR_LEADER_EPOCH;
        }

        @Override
        public void write(Writer out) {
            if (out.since(3)) {
                out.int32(replicaId);
            }
            out.structs(topics, ByTopic.writer(Query::write));
        }
    }

    /**
     * @param leaderEpoch the largest known that is not above the one asked for; {@link #NO_EPOCH} if none
     * @param endOffset its end, exclusive; {@link #NO_OFFSET} if none
     */
    public record End(ErrorCode error, int partition, int leaderEpoch, long endOffset) {

        static End read(Reader in) {
            return new End(ErrorCode.read(in), in.int32(), in.int32(), in.int64());
        }

        static void write(Writer out, End end) {
            end.error.write(out);
            out.int32(end.partition);
            out.int32(end.leaderEpoch);
            out.int64(end.endOffset);
        }
    }

    /** One end per partition of the request. */
    public record Response(int throttleMillis, List<ByTopic<End>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(ByTopic.reader(End::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, ByTopic.writer(End::write));
        }
    }
}
