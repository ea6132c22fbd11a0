package io.millstream.coordination;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where things are in ZooKeeper, below the chroot: the names ZooKeeper-mode Kafka users know. What a client names is
 * checked or escaped here, so that no name leaves its znode.
 */
public final class Paths {

    public static final String BROKERS = "/brokers";
    public static final String BROKER_IDS = "/brokers/ids";
    public static final String TOPICS = "/brokers/topics";
    public static final String CLUSTER_ID = "/cluster/id";
    public static final String CONTROLLER = "/controller";
    public static final String CONTROLLER_EPOCH = "/controller_epoch";
    public static final String CONFIG = "/config";
    public static final String TOPIC_CONFIGS = "/config/topics";
    public static final String BROKER_CONFIGS = "/config/brokers";
    public static final String DEFAULT_BROKER_CONFIG = "/config/brokers/<default>";
    public static final String DELETED_TOPICS = "/admin/delete_topics";
    public static final String PRODUCER_ID_BLOCK = "/latest_producer_id_block";
    public static final String CONSUMERS = "/consumers";
    public static final String COORDINATORS = "/coordinators";
    public static final String HOLDS = "/holds";
    public static final String SCHEMAS = "/schemas";
    public static final String INGEST = "/ingest";
    public static final String OUTPUT = "/output";

    private Paths() {}

    public static String broker(int id) {
        return BROKER_IDS + "/" + id;
    }

    public static String topic(TopicName topic) {
        return TOPICS + "/" + topic;
    }

    public static String partitions(TopicName topic) {
        return topic(topic) + "/partitions";
    }

    public static String partition(TopicPartition partition) {
        return partitions(partition.topic()) + "/" + partition.partition();
    }

    public static String partitionState(TopicPartition partition) {
        return partition(partition) + "/state";
    }

    public static String topicConfig(TopicName topic) {
        return TOPIC_CONFIGS + "/" + topic;
    }

    public static String brokerConfig(int id) {
        return BROKER_CONFIGS + "/" + id;
    }

    public static String deletedTopic(TopicName topic) {
        return DELETED_TOPICS + "/" + topic;
    }

    public static String group(String group) {
        return CONSUMERS + "/" + segment(group);
    }

    public static String groupFence(String group) {
        return group(group) + "/fence";
    }

    public static String offsets(String group) {
        return group(group) + "/offsets";
    }

    public static String offsets(String group, TopicName topic) {
        return offsets(group) + "/" + topic;
    }

    public static String offset(String group, TopicPartition partition) {
        return offsets(group, partition.topic()) + "/" + partition.partition();
    }

    public static String offsetMeta(String group) {
        return group(group) + "/offset_meta";
    }

    public static String offsetMeta(String group, TopicName topic) {
        return offsetMeta(group) + "/" + topic;
    }

    public static String offsetMeta(String group, TopicPartition partition) {
        return offsetMeta(group, partition.topic()) + "/" + partition.partition();
    }

    /** Whose shard of the consumer groups it is; its version fences the shard's writes. */
    public static String coordinator(int shard) {
        return COORDINATORS + "/" + shard;
    }

    /** The znode of an ingest job; the job's id is its consumer group's too. */
    public static String ingestJob(String job) {
        return INGEST + "/" + segment(job);
    }

    /** What a Hadoop job publishes to topics, and how far it is. */
    public static String output(String publication) {
        return OUTPUT + "/" + segment(publication);
    }

    /**
     * One path segment for a name that a client chose freely: letters, digits, {@code . _ -} stay, every other byte of
     * its UTF-8 form becomes {@code %XX}, and so do the dots of {@code .} and {@code ..}. Reversible, so no two names share
     * a znode.
     *
     * @throws IllegalArgumentException if the name is empty, or not Unicode (half a surrogate pair)
     */
    public static String segment(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A name in ZooKeeper cannot be empty");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("A name in ZooKeeper must be Unicode text");
        }
        boolean dots = name.equals(".") || name.equals("..");
        StringBuilder segment = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isPlain(c) || (c == '.' && !dots)) {
                segment.append(c);
            } else {
                segment.append(String.format("%%%02X", (int) c));
            }
        }
        return segment.toString();
    }

    /** The name that {@link #segment} made {@code segment} of; empty if it made it of none. */
    public static Optional<String> name(String segment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c != '%') {
                bytes.write(c);
            } else if (i + 2 < segment.length()) {
                bytes.write(
                        16 * Character.digit(segment.charAt(i + 1), 16) + Character.digit(segment.charAt(i + 2), 16));
                i += 2;
            }
        }
        String name = bytes.toString(StandardCharsets.UTF_8);
        boolean same = !name.isEmpty()
                && StandardCharsets.UTF_8.newEncoder().canEncode(name)
                && segment(name).equals(segment);
        return same ? Optional.of(name) : Optional.empty();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
