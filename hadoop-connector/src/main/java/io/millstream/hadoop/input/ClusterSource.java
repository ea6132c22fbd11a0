package io.millstream.hadoop.input;

import io.millstream.client.Admin;
import io.millstream.client.Cluster;
import io.millstream.client.ClusterView;
import io.millstream.client.RangeChunk;
import io.millstream.client.RangeQuery;
import io.millstream.client.TimedOffset;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** A real cluster. */
final class ClusterSource implements PlanningSource {

    private static final long MOST_CHUNK_BYTES = 1L << 40;

    private final Cluster cluster;
    private final Admin admin;

    /** @param cluster stays the caller's to close */
    ClusterSource(Cluster cluster) {
        this.cluster = cluster;
        this.admin = new Admin(cluster);
    }

    @Override
    public SortedSet<TopicName> topics() {
        return cluster.topics();
    }

    @Override
    public boolean internal(TopicName topic) {
        return cluster.topic(topic).map(ClusterView.Topic::internal).orElse(false);
    }

    @Override
    public SortedSet<TopicPartition> partitions(TopicName topic) {
        SortedSet<TopicPartition> partitions = new TreeSet<>();
        cluster.partitions(topic).forEach(number -> partitions.add(new TopicPartition(topic, number)));
        return partitions;
    }

    @Override
    public Map<TopicPartition, Long> startOffsets(Set<TopicPartition> partitions) {
        return admin.startOffsets(partitions);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Set<TopicPartition> partitions) {
        return admin.endOffsets(partitions);
    }

    @Override
    public Map<TopicPartition, Optional<TimedOffset>> offsetsAt(Set<TopicPartition> partitions, long millis) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, millis));
        return admin.offsetsForTimes(times);
    }

    @Override
    public List<List<SizedRange>> chunks(Collection<OffsetRange> ranges, long targetBytes) {
        Map<OffsetRange, List<SizedRange>> found = new HashMap<>();
        List<OffsetRange> left = new ArrayList<>(ranges);
        while (!left.isEmpty()) {
            Map<TopicPartition, OffsetRange> round =
                    new LinkedHashMap<>(); // a partition can be asked about once a time
            left.removeIf(range -> round.putIfAbsent(range.partition(), range) == null);
            found.putAll(describe(round.values(), targetBytes));
        }
        return ranges.stream().map(found::get).toList();
    }

    private Map<OffsetRange, List<SizedRange>> describe(Collection<OffsetRange> ranges, long targetBytes) {
        Map<TopicPartition, RangeQuery> queries = new HashMap<>();
        ranges.forEach(each -> queries.put(each.partition(), new RangeQuery(each.from(), each.to(), targetBytes)));
        Optional<Map<TopicPartition, List<RangeChunk>>> described = admin.describeRanges(queries);
        Map<OffsetRange, List<SizedRange>> chunks = new HashMap<>();
        for (OffsetRange range : ranges) {
            chunks.put(
                    range,
                    described
                            .map(known -> sized(range, known.get(range.partition())))
                            .orElse(Collections.emptyList()));
        }
        return chunks;
    }

    private static List<SizedRange> sized(OffsetRange range, List<RangeChunk> chunks) {
        List<SizedRange> sized = new ArrayList<>(chunks.size());
        for (int i = 0; i < chunks.size(); i++) {
            RangeChunk chunk = chunks.get(i);
            long to = i + 1 < chunks.size() ? chunks.get(i + 1).offset() : range.to();
            sized.add(new SizedRange(new OffsetRange(range.partition(), chunk.offset(), to), plausible(chunk.bytes())));
        }
        return sized;
    }

    /** A broker that says more is not believed, so that sums stay within a long. */
    private static long plausible(long bytes) {
        return Math.min(bytes, MOST_CHUNK_BYTES);
    }

    @Override
    public Optional<UUID> topicId(TopicName topic) {
        return cluster.topic(topic).flatMap(ClusterView.Topic::id);
    }

    @Override
    public List<String> hosts(TopicPartition partition) {
        return cluster.replicaHosts(partition);
    }
}
