package io.millstream.client;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What planning asks of a cluster, and topics made and removed. Each call waits, with all its retries no longer than
 * {@link ClientSettings#timeout}, and throws {@link TimedOutException}, or {@link ClientException} for what does not
 * pass; both name what they are about. Safe for use by several threads; not for the client's loop.
 */
public final class Admin {

    /** For waiting in front of calls that keep their own time-out. */
    private static final Duration SLACK = Duration.ofSeconds(60);

    private final Cluster cluster;

    /** An admin of this cluster, which stays the caller's to close. */
    public Admin(Cluster cluster) {
        this.cluster = cluster;
    }

    /** The first offset of each partition, inclusive. Asks all leaders at once. */
    public Map<TopicPartition, Long> startOffsets(Collection<TopicPartition> partitions) {
        return await(new OffsetQueries(cluster).starts(partitions), "start offsets");
    }

    /** The offset after the last that may be read, of each partition. Asks all leaders at once. */
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return await(new OffsetQueries(cluster).ends(partitions), "end offsets");
    }

    /**
     * For each partition the first record at or after a time; empty where there is none.
     *
     * @param times in ms since the epoch
     */
    public Map<TopicPartition, Optional<TimedOffset>> offsetsForTimes(Map<TopicPartition, Long> times) {
        return await(new OffsetQueries(cluster).atTimes(times), "offsets for times");
    }

    /**
     * Where ranges can be cut into chunks of about one size, at batch borders. The chunks of a range follow one another
     * without a gap; an empty range has none.
     *
     * @return empty if a leader cannot say (plain Kafka): cut by offsets then
     */
    public Optional<Map<TopicPartition, List<RangeChunk>>> describeRanges(Map<TopicPartition, RangeQuery> ranges) {
        return await(new RangeCalls(cluster, ranges).describe(), "description of ranges");
    }

    /**
     * Creates a topic and waits until each of its partitions has a leader.
     *
     * @param replicas per partition
     * @param config Kafka's topic config names to their values
     */
    public void createTopic(TopicName topic, int partitions, int replicas, Map<String, String> config) {
        TopicCalls.NewTopic wanted = new TopicCalls.NewTopic(topic, partitions, replicas, new TreeMap<>(config));
        await(new TopicCalls(cluster).create(wanted), "creation of topic " + topic);
    }

    /**
     * What settings are for a topic, as the broker sees it that happens to be asked: set for the topic, for brokers, or by default.
     *
     * @param names Kafka's topic config names
     * @return without names that brokers do not know
     */
    public Map<String, String> topicSettings(TopicName topic, Collection<String> names) {
        return await(new TopicCalls(cluster).settings(topic, names), "settings of topic " + topic);
    }

    /** Deletes a topic and waits until it is not listed any more. */
    public void deleteTopic(TopicName topic) {
        await(new TopicCalls(cluster).delete(topic), "deletion of topic " + topic);
    }

    /**
     * Deletes the records below an offset of each partition, for good. An offset below a partition's start changes nothing.
     *
     * @param offsets of the first record to keep; at most the partition's end
     * @return the start offset that each partition has then
     */
    public Map<TopicPartition, Long> deleteRecords(Map<TopicPartition, Long> offsets) {
        return await(new RecordDeletions(cluster).below(offsets), "deletion of records");
    }

    private <T> T await(CompletableFuture<T> call, String what) {
        return Async.await(call, cluster.settings().timeout().plus(SLACK), what);
    }
}
