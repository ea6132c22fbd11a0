package io.millstream.hadoop.input;

import io.millstream.client.ClientException;
import io.millstream.client.TimedOffset;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A cluster in memory: each partition has offsets from start to end; the record at offset o has timestamp 1000 * o. */
final class FakeSource implements PlanningSource {

    static final long MILLIS_PER_OFFSET = 1000;

    private record Log(long start, long end, long bytesPerOffset, List<String> hosts) {}

    private final SortedMap<TopicPartition, Log> logs = new TreeMap<>();
    private final Map<TopicPartition, Long> firstEnds = new LinkedHashMap<>();
    private final Map<TopicPartition, TimedOffset> odd = new LinkedHashMap<>();
    private boolean tellsSizes = true;
    private Runnable beforeChunks;

    FakeSource with(String topic, int partition, long start, long end, String... hosts) {
        logs.put(new TopicPartition(topic, partition), new Log(start, end, 100, List.of(hosts)));
        return this;
    }

    /** Something happens, and chunks cannot be told. */
    void failingAfter(Runnable change) {
        beforeChunks = change;
    }

    FakeSource withoutSizes() {
        tellsSizes = false;
        return this;
    }

    @Override
    public SortedSet<TopicName> topics() {
        return logs.keySet().stream().map(TopicPartition::topic).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public boolean internal(TopicName topic) {
        return topic.value().startsWith("__");
    }

    @Override
    public SortedSet<TopicPartition> partitions(TopicName topic) {
        return logs.keySet().stream()
                .filter(each -> each.topic().equals(topic))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public Map<TopicPartition, Long> startOffsets(Set<TopicPartition> partitions) {
        return each(partitions, Log::start);
    }

    /** What is said of its end when that is asked for the first time. */
    FakeSource endingFirstAt(String topic, int partition, long end) {
        firstEnds.put(new TopicPartition(topic, partition), end);
        return this;
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = each(partitions, Log::end);
        firstEnds.keySet().retainAll(partitions);
        ends.putAll(firstEnds);
        firstEnds.clear();
        return ends;
    }

    @Override
    public Map<TopicPartition, Optional<TimedOffset>> offsetsAt(Set<TopicPartition> partitions, long millis) {
        Map<TopicPartition, Optional<TimedOffset>> found = each(partitions, log -> {
            long offset = Math.max(log.start, (millis + MILLIS_PER_OFFSET - 1) / MILLIS_PER_OFFSET);
            return offset < log.end
                    ? Optional.of(new TimedOffset(offset, offset * MILLIS_PER_OFFSET))
                    : Optional.empty();
        });
        odd.forEach((partition, record) -> found.computeIfPresent(
                partition,
                (key, regular) -> record.timestamp() >= millis
                                && record.offset()
                                        < regular.map(TimedOffset::offset).orElse(Long.MAX_VALUE)
                        ? Optional.of(record)
                        : regular));
        return found;
    }

    /** One record has another timestamp than its offset says. */
    FakeSource withRecord(String topic, int partition, long offset, long millis) {
        odd.put(new TopicPartition(topic, partition), new TimedOffset(offset, millis));
        return this;
    }

    private <T> Map<TopicPartition, T> each(Set<TopicPartition> partitions, Function<Log, T> function) {
        Map<TopicPartition, T> result = new LinkedHashMap<>();
        partitions.forEach(each -> result.put(each, function.apply(logs.get(each))));
        return result;
    }

    @Override
    public List<List<SizedRange>> chunks(Collection<OffsetRange> ranges, long targetBytes) {
        List<List<SizedRange>> chunks = new ArrayList<>();
        if (beforeChunks != null) {
            beforeChunks.run();
            throw new ClientException("No description of the range of partition");
        }
        for (OffsetRange range : ranges) {
            long bytes = logs.get(range.partition()).bytesPerOffset;
            chunks.add(tellsSizes ? SizedRange.cutByOffsets(range, bytes, targetBytes, 1000) : List.of());
        }
        return chunks;
    }

    @Override
    public Optional<UUID> topicId(TopicName topic) {
        return Optional.empty();
    }

    @Override
    public List<String> hosts(TopicPartition partition) {
        return logs.get(partition).hosts;
    }
}
