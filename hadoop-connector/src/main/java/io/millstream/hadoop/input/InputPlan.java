package io.millstream.hadoop.input;

import io.millstream.client.ClientException;
import io.millstream.client.TimedOffset;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.SplitPlanner.PlannedSplit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
import java.util.stream.Collectors;

/** From settings to splits: asks a cluster what there is, once. Not for use by several threads. */
final class InputPlan {

    /** Chunks per split, so that splits differ by no more than a sixteenth or so. */
    private static final int CHUNKS_PER_SPLIT = 16;

    private static final int MOST_HOSTS = 3;

    /** Clocks differ by less than this. */
    private static final long CLOCKS_APART_MILLIS = 60_000;

    /** Reads a group's offsets; of partitions that it has committed nothing of, it says nothing. */
    @FunctionalInterface
    interface CommittedOffsets {
        /** @throws InputException if they cannot be read or belong to another topic of this name */
        Map<TopicPartition, Long> of(RangeChoice.SinceCommitted choice, SortedSet<TopicPartition> partitions)
                throws InputException;
    }

    private final InputSettings settings;
    private final PlanningSource source;
    private final CommittedOffsets committed;
    private final Map<TopicName, Optional<UUID>> topicIds = new HashMap<>();
    private final long now;
    private final SortedMap<TopicPartition, TimedOffset> tooEarly = new TreeMap<>();
    private List<OffsetRange> resolved = List.of();

    /** @param now in ms since the epoch */
    InputPlan(InputSettings settings, PlanningSource source, CommittedOffsets committed, long now) {
        this.settings = settings;
        this.source = source;
        this.committed = committed;
        this.now = now;
    }

    /** @throws InputException if what is asked for does not exist, or not any more */
    List<TopicSplit> splits() throws InputException {
        List<OffsetRange> ranges = ranges();
        Map<TopicPartition, List<String>> hosts = new HashMap<>();
        ranges.forEach(range -> hosts.computeIfAbsent(range.partition(), source::hosts));
        ranges.sort(
                Comparator.comparing((OffsetRange range) -> range.partition().topic())
                        .thenComparing(range -> leader(hosts.get(range.partition())))
                        .thenComparing(Comparator.naturalOrder()));
        List<TopicSplit> splits = new ArrayList<>();
        for (PlannedSplit split : SplitPlanner.plan(chunks(ranges), settings.splitBytes(), settings.maxSplits())) {
            List<OffsetRange> parts =
                    split.ranges().stream().map(SizedRange::range).toList();
            splits.add(new TopicSplit(parts, split.bytes(), bestHosts(split, hosts), topicIds(parts)));
        }
        return splits;
    }

    /** Of the topics that were resolved; those of brokers without ids are left out. */
    Map<TopicName, UUID> topicIds() {
        Map<TopicName, UUID> ids = new HashMap<>();
        topicIds.forEach((topic, id) -> id.ifPresent(known -> ids.put(topic, known)));
        return ids;
    }

    private Map<TopicName, UUID> topicIds(List<OffsetRange> ranges) {
        Map<TopicName, UUID> ids = new HashMap<>();
        for (OffsetRange range : ranges) {
            TopicName topic = range.partition().topic();
            topicIds.get(topic).ifPresent(id -> ids.put(topic, id));
        }
        return ids;
    }

    /** The offsets to read, one range or more per partition, none empty, all retained. */
    List<OffsetRange> ranges() throws InputException {
        List<OffsetRange> wanted =
                settings.range() instanceof RangeChoice.Explicit explicit ? new ArrayList<>(explicit.ranges()) : null;
        SortedSet<TopicPartition> partitions = wanted == null ? chosenPartitions() : partitionsOf(wanted);
        // Before the ends: who is at work in the group does not commit beyond what is seen afterwards.
        Map<TopicPartition, Long> known = settings.range() instanceof RangeChoice.SinceCommitted since
                ? committed.of(since, partitions)
                : Map.of();
        Map<TopicPartition, Long> starts = source.startOffsets(partitions);
        Map<TopicPartition, Long> ends = new HashMap<>(source.endOffsets(partitions));
        if (wanted == null) {
            ends.putAll(endsOnceMore(known, ends));
            wanted = resolve(partitions, known, starts, ends);
        }
        resolved = List.copyOf(wanted);
        resolved.forEach(range -> topicIds.computeIfAbsent(range.partition().topic(), source::topicId));
        ensureTopicsMeant();
        for (OffsetRange range : wanted) {
            ensureRetained(range, starts.get(range.partition()), ends.get(range.partition()));
        }
        wanted.removeIf(OffsetRange::isEmpty);
        return wanted;
    }

    /**
     * The records at which the time window ends in their partitions though they are later than now: what lies behind them, of
     * whatever time, is not in any window that ends before them.
     */
    SortedMap<TopicPartition, TimedOffset> endsInTheFuture() {
        return tooEarly;
    }

    private void ensureTopicsMeant() throws InputException {
        for (Map.Entry<TopicName, UUID> meant : settings.topicIds().entrySet()) {
            Optional<UUID> now = topicIds.getOrDefault(meant.getKey(), Optional.empty());
            if (now.isPresent() && !now.get().equals(meant.getValue())) {
                throw new InputException("Topic " + meant.getKey()
                        + " was deleted and made again since its offsets were" + " resolved: topic id "
                        + meant.getValue() + " became " + now.get() + "; resolve the input anew");
            }
        }
    }

    /** What {@link #ranges} gave last, with those that are empty. */
    List<OffsetRange> resolved() {
        return resolved;
    }

    private SortedSet<TopicPartition> chosenPartitions() throws InputException {
        SortedSet<TopicPartition> partitions = new TreeSet<>();
        for (TopicName topic : settings.topics().choose(source.topics(), source::internal)) {
            partitions.addAll(source.partitions(topic));
        }
        return partitions;
    }

    private SortedSet<TopicPartition> partitionsOf(List<OffsetRange> ranges) throws InputException {
        SortedSet<TopicPartition> partitions = new TreeSet<>();
        SortedSet<TopicName> existing = source.topics();
        SortedMap<TopicName, SortedSet<TopicPartition>> known = new TreeMap<>();
        for (OffsetRange range : ranges) {
            TopicPartition partition = range.partition();
            if (!existing.contains(partition.topic())
                    || !known.computeIfAbsent(partition.topic(), source::partitions)
                            .contains(partition)) {
                throw new InputException("Partition " + partition + " does not exist; wanted are its offsets "
                        + range.from() + " to " + range.to());
            }
            partitions.add(partition);
        }
        return partitions;
    }

    /** Of partitions that end below what was committed: a leader that was elected just now may not know their end yet. */
    private Map<TopicPartition, Long> endsOnceMore(Map<TopicPartition, Long> known, Map<TopicPartition, Long> ends) {
        SortedSet<TopicPartition> below = new TreeSet<>();
        known.forEach((partition, offset) -> {
            if (offset > ends.get(partition)) {
                below.add(partition);
            }
        });
        return below.isEmpty() ? Map.of() : source.endOffsets(below);
    }

    private List<OffsetRange> resolve(
            SortedSet<TopicPartition> partitions,
            Map<TopicPartition, Long> known,
            Map<TopicPartition, Long> starts,
            Map<TopicPartition, Long> ends)
            throws InputException {
        Map<TopicPartition, Long> from = new LinkedHashMap<>(starts);
        Map<TopicPartition, Long> to = new LinkedHashMap<>(ends);
        if (settings.range() instanceof RangeChoice.Window window) {
            from.putAll(offsets(recordsAt(partitions, window.from()), ends));
            Map<TopicPartition, Optional<TimedOffset>> last = recordsAt(partitions, window.to());
            last.forEach((partition, found) -> found.filter(each -> each.timestamp() > now + CLOCKS_APART_MILLIS)
                    .ifPresent(each -> tooEarly.put(partition, each)));
            to.putAll(offsets(last, ends));
        } else if (settings.range() instanceof RangeChoice.SinceCommitted since) {
            if (since.start() == RangeChoice.Start.LATEST) {
                from.putAll(endsOfNewTopics(partitions, known, ends));
            }
            from.putAll(known);
        }
        List<OffsetRange> ranges = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            long first = from.get(partition);
            long end = to.get(partition);
            if (first > end && settings.range() instanceof RangeChoice.SinceCommitted since) {
                throw new InputException("Group " + since.group() + " has committed offset " + first + " of "
                        + partition + ", which ends at " + end
                        + ": its log was cut, or the topic was made anew; reset the group");
            }
            if (first > end) {
                throw new InputException("Partition " + partition + ": what is wanted begins at offset " + first
                        + " and ends at " + end + ", so brokers say; its log was cut meanwhile: submit the job again");
            }
            ranges.add(new OffsetRange(partition, first, end));
        }
        return ranges;
    }

    /** A partition that is new in a topic the group knows is not among them: "latest" would lose its first records. */
    private static Map<TopicPartition, Long> endsOfNewTopics(
            SortedSet<TopicPartition> partitions, Map<TopicPartition, Long> known, Map<TopicPartition, Long> ends) {
        Set<TopicName> old = known.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPartition partition : partitions) {
            if (!old.contains(partition.topic())) {
                starts.put(partition, ends.get(partition));
            }
        }
        return starts;
    }

    private Map<TopicPartition, Optional<TimedOffset>> recordsAt(SortedSet<TopicPartition> partitions, long millis) {
        return millis == RangeChoice.Window.OPEN ? Map.of() : source.offsetsAt(partitions, millis);
    }

    /** Of these records; the end as observed at planning where there is none. */
    private static Map<TopicPartition, Long> offsets(
            Map<TopicPartition, Optional<TimedOffset>> records, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        records.forEach((partition, found) -> {
            long end = ends.get(partition);
            offsets.put(partition, Math.min(end, found.map(TimedOffset::offset).orElse(end)));
        });
        return offsets;
    }

    private static void ensureRetained(OffsetRange range, long start, long end) throws InputException {
        if (range.from() < start && !range.isEmpty()) {
            long lost = Math.min(start, range.to()) - range.from();
            throw new InputException("Partition " + range.partition() + " no longer has offset " + range.from()
                    + ": it starts at " + start + ", so " + lost + " offsets of those wanted are lost");
        }
        if (range.to() > end) {
            throw new InputException("Partition " + range.partition() + " ends at " + end + ", wanted are offsets "
                    + range.from() + " to " + range.to());
        }
    }

    private List<SizedRange> chunks(List<OffsetRange> ranges) throws InputException {
        long target = Math.max(1, settings.splitBytes() / CHUNKS_PER_SPLIT);
        List<List<SizedRange>> described = described(ranges, target);
        List<SizedRange> chunks = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            List<SizedRange> known = described.get(i);
            chunks.addAll(
                    known.isEmpty()
                            ? SizedRange.cutByOffsets(
                                    ranges.get(i), settings.recordBytes(), target, settings.maxSplits())
                            : known);
        }
        return chunks;
    }

    private List<List<SizedRange>> described(List<OffsetRange> ranges, long target) throws InputException {
        try {
            return source.chunks(ranges, target);
        } catch (ClientException e) { // perhaps retention was at work since the starts were asked for
            SortedSet<TopicPartition> partitions =
                    ranges.stream().map(OffsetRange::partition).collect(Collectors.toCollection(TreeSet::new));
            Map<TopicPartition, Long> starts = source.startOffsets(partitions);
            for (OffsetRange range : ranges) {
                ensureRetained(range, starts.get(range.partition()), range.to());
            }
            throw e;
        }
    }

    private static String leader(List<String> hosts) {
        return hosts.isEmpty() ? "" : hosts.get(0);
    }

    /** Those with most bytes of the split; a leader's bytes count twice, because it surely has them. */
    private static List<String> bestHosts(PlannedSplit split, Map<TopicPartition, List<String>> hosts) {
        SortedMap<String, Long> weights = new TreeMap<>();
        for (SizedRange range : split.ranges()) {
            List<String> replicas = hosts.get(range.range().partition());
            for (String host : replicas) {
                weights.merge(host, range.bytes() * (host.equals(leader(replicas)) ? 2 : 1), Long::sum);
            }
        }
        return weights.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(MOST_HOSTS)
                .map(Map.Entry::getKey)
                .toList();
    }
}
