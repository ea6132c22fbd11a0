package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;
import java.util.UUID;

/**
 * Key 3: the brokers, and where topics' partitions are. Versions 0 to 10, flexible from 9. v1 racks, the controller,
 * internal topics, and "no topics" apart from "all"; v2 the cluster id (KIP-78); v3 throttle time; v4 whether to create
 * missing topics; v5 offline replicas (KIP-112); v7 leader epochs (KIP-320); v8 authorised operations (KIP-430);
 * v10 topic ids (KIP-516).
 */
public final class Metadata {

    /** No broker: a partition without a leader, a cluster without a controller. */
    public static final int NO_BROKER = -1;

    /** No leader epoch known. */
    public static final int NO_EPOCH = -1;

    /** No topic id. */
    public static final UUID NO_ID = new UUID(0, 0);

    /** Authorised operations that were not asked for. */
    public static final int NO_OPERATIONS = Integer.MIN_VALUE;

    private Metadata() {}

    /**
     * @param topics which to describe; null for all topics. In v0 an empty array on the wire means all, and "none"
     *     cannot be asked for.
     * @param createMissing whether a topic that does not exist may be created; true before v4
     * @param clusterOperations whether to report the operations allowed on the cluster; false before v8
     * @param topicOperations whether to report the operations allowed on each topic; false before v8
     */
    public record Request(
            List<Wanted> topics, boolean createMissing, boolean clusterOperations, boolean topicOperations)
            implements RequestBody {

        /** Asks for topics by their names, or for all if {@code names} is null, and creates none. */
        public static Request of(List<String> names) {
            List<Wanted> topics = names == null
                    ? null
                    : names.stream().map(name -> new Wanted(NO_ID, name)).toList();
            return new Request(topics, false, false, false);
        }

        public static Request read(Reader in) {
            List<Wanted> topics = readTopics(in);
            boolean createMissing = !in.since(4) || in.bool();
            boolean clusterOperations = in.since(8) && in.bool();
            return new Request(topics, createMissing, clusterOperations, in.since(8) && in.bool());
        }

        private static List<Wanted> readTopics(Reader in) {
            if (in.since(1)) {
                return in.nullableStructs(Wanted::read);
            }
            List<Wanted> topics = in.structs(Wanted::read);
            return topics.isEmpty() ? null : topics;
        }

        @Override
        public ApiKey api() {
            return ApiKey.METADATA;
        }

        @Override
        public void write(Writer out) {
            writeTopics(out);
            if (out.since(4)) {
                out.bool(createMissing);
            }
            if (out.since(8)) {
                out.bool(clusterOperations);
                out.bool(topicOperations);
            }
        }

        private void writeTopics(Writer out) {
            if (out.since(1)) {
                out.nullableStructs(topics, Wanted::write);
                return;
            }
            if (topics != null && topics.isEmpty()) {
                throw new IllegalArgumentException("Metadata version 0 cannot ask for no topics: that means all");
            }
            out.structs(topics == null ? List.of() : topics, Wanted::write);
        }
    }

    /**
     * A topic asked for, by its name or by its id.
     *
     * @param topicId {@link #NO_ID} if by its name, as before v10
     * @param name null if by its id
     */
    public record Wanted(UUID topicId, String name) {

        static Wanted read(Reader in) {
            return in.since(10) ? new Wanted(in.uuid(), in.nullableString()) : new Wanted(NO_ID, in.string());
        }

        static void write(Writer out, Wanted wanted) {
            if (out.since(10)) {
                out.uuid(wanted.topicId);
                out.nullableString(wanted.name);
            } else if (wanted.name == null) {
                throw new IllegalArgumentException(
                        "Metadata version " + out.version() + " cannot ask for a topic by its id");
            } else {
                out.string(wanted.name);
            }
        }
    }

    /** @param rack null if none, and before v1 */
    public record Broker(int id, String host, int port, String rack) {

        static Broker read(Reader in) {
            int id = in.int32();
            String host = in.string();
            int port = in.int32();
            return new Broker(id, host, port, in.since(1) ? in.nullableString() : null);
        }

        static void write(Writer out, Broker broker) {
            out.int32(broker.id);
            out.string(broker.host);
            out.int32(broker.port);
            if (out.since(1)) {
                out.nullableString(broker.rack);
            }
        }
    }

    /**
     * @param leader broker id, or {@link #NO_BROKER}
     * @param leaderEpoch {@link #NO_EPOCH} before v7
     * @param replicas broker ids, the preferred leader first
     * @param offlineReplicas empty before v5
     */
    public record Partition(
            ErrorCode error,
            int partition,
            int leader,
            int leaderEpoch,
            List<Integer> replicas,
            List<Integer> inSyncReplicas,
            List<Integer> offlineReplicas) {

        static Partition read(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            int partition = in.int32();
            int leader = in.int32();
            int leaderEpoch = in.since(7) ? in.int32() : NO_EPOCH;
            List<Integer> replicas = in.values(Reader::int32);
            List<Integer> inSyncReplicas = in.values(Reader::int32);
            List<Integer> offlineReplicas = in.since(5) ? in.values(Reader::int32) : List.of();
            return new Partition(error, partition, leader, leaderEpoch, replicas, inSyncReplicas, offlineReplicas);
        }

        static void write(Writer out, Partition partition) {
            partition.error.write(out);
            out.int32(partition.partition);
            out.int32(partition.leader);
            if (out.since(7)) {
                out.int32(partition.leaderEpoch);
            }
            out.values(partition.replicas, Writer::int32);
            out.values(partition.inSyncReplicas, Writer::int32);
            if (out.since(5)) {
                out.values(partition.offlineReplicas, Writer::int32);
            }
        }
    }

    /**
     * @param topicId {@link #NO_ID} if unknown, and before v10
     * @param internal whether clients should leave the topic alone; false before v1
     * @param authorizedOperations a bit per operation, or {@link #NO_OPERATIONS}, as before v8
     */
    public record Topic(
            ErrorCode error,
            String name,
            UUID topicId,
            boolean internal,
            List<Partition> partitions,
            int authorizedOperations) {

        /** A topic that there is nothing to say of but an error. */
        public static Topic failed(ErrorCode error, String name) {
            return new Topic(error, name, NO_ID, false, List.of(), NO_OPERATIONS);
        }

        static Topic read(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            String name = in.string();
            UUID topicId = in.since(10) ? in.uuid() : NO_ID;
            boolean internal = in.since(1) && in.bool();
            List<Partition> partitions = in.structs(Partition::read);
            return new Topic(error, name, topicId, internal, partitions, in.since(8) ? in.int32() : NO_OPERATIONS);
        }

        static void write(Writer out, Topic topic) {
            topic.error.write(out);
            out.string(topic.name);
            if (out.since(10)) {
                out.uuid(topic.topicId);
            }
            if (out.since(1)) {
                out.bool(topic.internal);
            }
            out.structs(topic.partitions, Partition::write);
            if (out.since(8)) {
                out.int32(topic.authorizedOperations);
            }
        }
    }

    /**
     * @param throttleMillis 0 before v3
     * @param clusterId null if unknown, and before v2
     * @param controller broker id, or {@link #NO_BROKER}, as before v1
     * @param authorizedOperations a bit per operation on the cluster, or {@link #NO_OPERATIONS}, as before v8
     */
    public record Response(
            int throttleMillis,
            List<Broker> brokers,
            String clusterId,
            int controller,
            List<Topic> topics,
            int authorizedOperations)
            implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(3) ? in.int32() : 0;
            List<Broker> brokers = in.structs(Broker::read);
            String clusterId = in.since(2) ? in.nullableString() : null;
            int controller = in.since(1) ? in.int32() : NO_BROKER;
            List<Topic> topics = in.structs(Topic::read);
            int operations = in.since(8) ? in.int32() : NO_OPERATIONS;
            return new Response(throttleMillis, brokers, clusterId, controller, topics, operations);
        }

        @Override
        public void write(Writer out) {
            if (out.since(3)) {
                out.int32(throttleMillis);
            }
            out.structs(brokers, Broker::write);
            if (out.since(2)) {
                out.nullableString(clusterId);
            }
            if (out.since(1)) {
                out.int32(controller);
            }
            out.structs(topics, Topic::write);
            if (out.since(8)) {
                out.int32(authorizedOperations);
            }
        }
    }
}
