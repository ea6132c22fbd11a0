package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Payload;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;

/**
 * Key 1: read record batches, as a consumer or as a follower. Versions 4 to 12, flexible from 12. v4 isolation (KIP-98);
 * v5 log start offsets (KIP-107); v7 sessions (KIP-227); v9 leader epochs (KIP-320); v10 allows zstd (KIP-110); v11 racks
 * and the preferred replica (KIP-392); v12 the epoch last fetched (KIP-595).
 *
 * <p>Of the tagged fields of v12 only the diverging epoch is used, not the cluster id, the current leader and the snapshot.
 * Followers add one of our own, which Kafka skips: the incarnation of the replica, and the id of its topic.
 */
public final class Fetch {

    /** A consumer rather than a follower asks. */
    public static final int CONSUMER = -1;

    /** No leader epoch given or known. */
    public static final int NO_EPOCH = -1;

    /** No offset given or known. */
    public static final long NO_OFFSET = -1;

    /** No replica is preferred to the one that answers. */
    public static final int NO_REPLICA = -1;

    /** No incarnation given: a consumer asks, or a follower that is not registered. */
    public static final long NO_INCARNATION = -1;

    /** No topic id given: the topic of that name, whichever it is. */
    public static final UUID NO_TOPIC_ID = new UUID(0, 0);

    /** Isolation: everything below the high watermark. */
    public static final byte READ_UNCOMMITTED = 0;

    /** Isolation: everything below the last stable offset. */
    public static final byte READ_COMMITTED = 1;

    private Fetch() {}

    /**
     * How much a request waits for, and how much it takes.
     *
     * @param maxWaitMillis answer at the latest after so long
     * @param minBytes answer as soon as there is so much
     * @param maxBytes about the most that the answer may hold; its first batch may be larger
     */
    public record Bounds(int maxWaitMillis, int minBytes, int maxBytes) {

        static Bounds read(Reader in) {
            return new Bounds(in.int32(), in.int32(), in.int32());
        }

        void write(Writer out) {
            out.int32(maxWaitMillis);
            out.int32(minBytes);
            out.int32(maxBytes);
        }
    }

    /**
     * The incremental session of a request.
     *
     * @param id 0 for none, or for a new one
     * @param epoch {@link #FINAL_EPOCH} for a full fetch outside sessions, {@link #INITIAL_EPOCH} to begin a session, else
     *     its next number
     * @param forgotten partitions to take out of the session
     */
    public record Session(int id, int epoch, List<ByTopic<Integer>> forgotten) {

        /** The epoch of a request outside sessions, or one that ends its session. */
        public static final int FINAL_EPOCH = -1;

        /** The epoch of the full request that begins a session. */
        public static final int INITIAL_EPOCH = 0;

        /** Outside sessions; as before v7. */
        public static final Session NONE = new Session(0, FINAL_EPOCH, List.of());

        static final int SINCE = 7;
    }

    /**
     * @param leaderEpoch as the reader knows it; {@link #NO_EPOCH} if it does not, and before v9
     * @param offset first offset wanted, inclusive
     * @param lastFetchedEpoch of a follower's last batch; {@link #NO_EPOCH} for a consumer, and before v12
     * @param logStartOffset of a follower's log; {@link #NO_OFFSET} for a consumer, and before v5
     * @param maxBytes about the most for this partition
     * @param incarnation of a follower's replica, as its broker's registration has it: what was sent by an earlier one says
     *     nothing of what this one has. {@link #NO_INCARNATION} for a consumer, and before v12
     * @param topicId of the topic that a follower's log is of, which tells it from another of that name;
     *     {@link #NO_TOPIC_ID} for a consumer, and before v12
     */
    public record Query(
            int partition,
            int leaderEpoch,
            long offset,
            int lastFetchedEpoch,
            long logStartOffset,
            int maxBytes,
            long incarnation,
            UUID topicId) {

        /** Far from those that Kafka gives out, from 0 on. */
        private static final int REPLICA_TAG = 10_000;

        private static final Replica NO_REPLICA_NAMED = new Replica(NO_INCARNATION, NO_TOPIC_ID);

        /** What the tagged field holds. */
        private record Replica(long incarnation, UUID topicId) {

            static Replica read(Reader in) {
                return new Replica(in.int64(), in.uuid());
            }

            static void write(Writer out, Replica replica) {
                out.int64(replica.incarnation);
                out.uuid(replica.topicId);
            }
        }

        /** As one asks who does not say which replica it is, of which topic. */
        public Query(
                int partition, int leaderEpoch, long offset, int lastFetchedEpoch, long logStartOffset, int maxBytes) {
            this(
                    partition,
                    leaderEpoch,
                    offset,
                    lastFetchedEpoch,
                    logStartOffset,
                    maxBytes,
                    NO_INCARNATION,
                    NO_TOPIC_ID);
        }

        /** As a consumer asks. */
        public static Query consumer(int partition, int leaderEpoch, long offset, int maxBytes) {
            return new Query(partition, leaderEpoch, offset, NO_EPOCH, NO_OFFSET, maxBytes);
        }

        static Query read(Reader in) {
            int partition = in.int32();
            int leaderEpoch = in.since(9) ? in.int32() : NO_EPOCH;
            long offset = in.int64();
            int lastFetchedEpoch = in.since(12) ? in.int32() : NO_EPOCH;
            long logStartOffset = in.since(5) ? in.int64() : NO_OFFSET;
            int maxBytes = in.int32();
            Replica replica = in.taggedStruct(REPLICA_TAG, NO_REPLICA_NAMED, Replica::read);
            return new Query(
                    partition,
                    leaderEpoch,
                    offset,
                    lastFetchedEpoch,
                    logStartOffset,
                    maxBytes,
                    replica.incarnation,
                    replica.topicId);
        }

        static void write(Writer out, Query query) {
            out.int32(query.partition);
            if (out.since(9)) {
                out.int32(query.leaderEpoch);
            }
            out.int64(query.offset);
            if (out.since(12)) {
                out.int32(query.lastFetchedEpoch);
            }
            if (out.since(5)) {
                out.int64(query.logStartOffset);
            }
            out.int32(query.maxBytes);
            out.taggedStruct(
                    REPLICA_TAG, new Replica(query.incarnation, query.topicId), NO_REPLICA_NAMED, Replica::write);
        }
    }

    /**
     * @param replicaId the follower's broker id, or {@link #CONSUMER}
     * @param isolation {@link #READ_UNCOMMITTED} or {@link #READ_COMMITTED}
     * @param topics in the order to be answered; in a session, only what changed
     * @param rackId of the consumer; empty for none, and before v11
     */
    public record Request(
            int replicaId, Bounds bounds, byte isolation, Session session, List<ByTopic<Query>> topics, String rackId)
            implements RequestBody {

        public static Request read(Reader in) {
            int replicaId = in.int32();
            Bounds bounds = Bounds.read(in);
            byte isolation = in.int8();
            int id = in.since(Session.SINCE) ? in.int32() : Session.NONE.id;
            int epoch = in.since(Session.SINCE) ? in.int32() : Session.NONE.epoch;
            List<ByTopic<Query>> topics = in.structs(ByTopic.reader(Query::read));
            List<ByTopic<Integer>> forgotten = in.since(Session.SINCE) ? in.structs(ByTopic::readNumbers) : List.of();
            String rackId = in.since(11) ? in.string() : "";
            return new Request(replicaId, bounds, isolation, new Session(id, epoch, forgotten), topics, rackId);
        }

        @Override
        public ApiKey api() {
            return ApiKey.FETCH;
        }

        @Override
        public void write(Writer out) {
            out.int32(replicaId);
            bounds.write(out);
            out.int8(isolation);
            if (out.since(Session.SINCE)) {
                out.int32(session.id);
                out.int32(session.epoch);
            }
            out.structs(topics, ByTopic.writer(Query::write));
            if (out.since(Session.SINCE)) {
                out.structs(session.forgotten, ByTopic::writeNumbers);
            }
            if (out.since(11)) {
                out.string(rackId);
            }
        }
    }

    /**
     * A transaction whose records a reader of committed data skips.
     *
     * @param firstOffset of the transaction
     */
    public record Aborted(long producerId, long firstOffset) {

        static Aborted read(Reader in) {
            return new Aborted(in.int64(), in.int64());
        }

        static void write(Writer out, Aborted aborted) {
            out.int64(aborted.producerId);
            out.int64(aborted.firstOffset);
        }
    }

    /**
     * How far a follower's log may be the leader's, told in the place of records where the two have parted (KIP-595).
     *
     * @param epoch the last that the leader has of those up to the one that the follower fetched last
     * @param endOffset where that epoch ends in the leader's log, exclusive
     */
    public record Diverging(int epoch, long endOffset) {

        /** The logs agree, or nobody asked; also before v12. */
        public static final Diverging NONE = new Diverging(NO_EPOCH, NO_OFFSET);

        private static final int TAG = 0;

        static Diverging read(Reader in) {
            return new Diverging(in.int32(), in.int64());
        }

        static void write(Writer out, Diverging diverging) {
            out.int32(diverging.epoch);
            out.int64(diverging.endOffset);
        }
    }

    /**
     * @param highWatermark end of what consumers may read, exclusive; {@link #NO_OFFSET} with an error
     * @param lastStableOffset end of what is committed, exclusive; {@link #NO_OFFSET} with an error
     * @param logStartOffset {@link #NO_OFFSET} with an error, and before v5
     * @param aborted null if the reader did not ask for committed data only
     * @param preferredReplica broker to read from instead; {@link #NO_REPLICA} for none, and before v11
     * @param records whole batches, the last of which may be cut; the first may begin below the offset asked for. May be
     *     null. A message that was read has {@link #recordBytes}.
     * @param diverging never null; {@link Diverging#NONE} unless a follower has to truncate its log first
     */
    public record Data(
            int partition,
            ErrorCode error,
            long highWatermark,
            long lastStableOffset,
            long logStartOffset,
            List<Aborted> aborted,
            int preferredReplica,
            Payload records,
            Diverging diverging) {

        /** As a consumer is answered, and a follower whose log agrees. */
        public Data(
                int partition,
                ErrorCode error,
                long highWatermark,
                long lastStableOffset,
                long logStartOffset,
                List<Aborted> aborted,
                int preferredReplica,
                Payload records) {
            this(
                    partition,
                    error,
                    highWatermark,
                    lastStableOffset,
                    logStartOffset,
                    aborted,
                    preferredReplica,
                    records,
                    Diverging.NONE);
        }

        /** Nothing but an error. */
        public static Data failed(int partition, ErrorCode error) {
            return new Data(partition, error, NO_OFFSET, NO_OFFSET, NO_OFFSET, null, NO_REPLICA, BytesPayload.EMPTY);
        }

        /**
         * The records of a message that was read: a slice of its frame, empty if there are none.
         *
         * @throws IllegalStateException if the message was made to be sent, with records that are not in memory
         */
        public ByteBuf recordBytes() {
            if (records == null) {
                return BytesPayload.EMPTY.bytes();
            }
            if (records instanceof BytesPayload inMemory) {
                return inMemory.bytes();
            }
            throw new IllegalStateException("The records of partition " + partition + " are not in memory");
        }

        static Data read(Reader in) {
            int partition = in.int32();
            ErrorCode error = ErrorCode.read(in);
            long highWatermark = in.int64();
            long stable = in.int64();
            long logStart = in.since(5) ? in.int64() : NO_OFFSET;
            List<Aborted> aborted = in.nullableStructs(Aborted::read);
            int preferred = in.since(11) ? in.int32() : NO_REPLICA;
            Payload records = in.nullablePayload();
            Diverging diverging = in.taggedStruct(Diverging.TAG, Diverging.NONE, Diverging::read);
            return new Data(partition, error, highWatermark, stable, logStart, aborted, preferred, records, diverging);
        }

        static void write(Writer out, Data data) {
            out.int32(data.partition);
            data.error.write(out);
            out.int64(data.highWatermark);
            out.int64(data.lastStableOffset);
            if (out.since(5)) {
                out.int64(data.logStartOffset);
            }
            out.nullableStructs(data.aborted, Aborted::write);
            if (out.since(11)) {
                out.int32(data.preferredReplica);
            }
            out.nullablePayload(data.records);
            out.taggedStruct(Diverging.TAG, data.diverging, Diverging.NONE, Diverging::write);
        }
    }

    /**
     * @param error of the session or of the request as a whole; {@link ErrorCode#NONE} before v7
     * @param sessionId 0 for none, and before v7
     */
    public record Response(int throttleMillis, ErrorCode error, int sessionId, List<ByTopic<Data>> topics)
            implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.int32();
            ErrorCode error = in.since(Session.SINCE) ? ErrorCode.read(in) : ErrorCode.NONE;
            int sessionId = in.since(Session.SINCE) ? in.int32() : Session.NONE.id;
            return new Response(throttleMillis, error, sessionId, in.structs(ByTopic.reader(Data::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            if (out.since(Session.SINCE)) {
                error.write(out);
                out.int32(sessionId);
            }
            out.structs(topics, ByTopic.writer(Data::write));
        }

        @Override
        public void discard() {
            topics.forEach(topic -> topic.partitions().forEach(data -> Payload.release(data.records)));
        }
    }
}
