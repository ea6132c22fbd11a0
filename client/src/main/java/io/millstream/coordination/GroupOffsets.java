package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A group's committed offsets as they were read from ZooKeeper, with what is needed to change them only if nobody else
 * did: for those who commit there directly, such as the ingest job. Changes are expressed as steps, so that they become
 * part of one {@link Coordination#commit} with whatever else must happen together with them.
 *
 * <p>{@code /consumers/<group>/offsets/<topic>/<partition>} holds the offset to read next as plain decimal text, which old
 * tools read and write too; {@code offset_meta} beside {@code offsets} holds an {@link OffsetMetadata}. The version of
 * {@code /consumers/<group>/fence} is checked by every writer.
 *
 * <p>Immutable.
 */
public final class GroupOffsets {

    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,19}");
    private static final int MISSING = -1;

    /** What one partition's two znodes held; null for one that is not there. */
    private record Entry(Versioned<Long> offset, Versioned<OffsetMetadata> metadata) {}

    private static final Entry NONE = new Entry(null, null);

    private final String group;
    private final int fenceVersion;
    private final Map<TopicPartition, Entry> entries;
    private final boolean complete;

    private GroupOffsets(String group, int fenceVersion, Map<TopicPartition, Entry> entries, boolean complete) {
        this.group = group;
        this.fenceVersion = fenceVersion;
        this.entries = entries;
        this.complete = complete;
    }

    /** Makes the parents of what a commit for these topics will create, and the fence: steps cannot. */
    public static CompletableFuture<Void> prepare(
            Coordination coordination, String group, Collection<TopicName> topics) {
        List<CompletableFuture<Void>> paths = new ArrayList<>();
        paths.add(coordination.ensurePath(Paths.groupFence(group)));
        for (TopicName topic : topics) {
            paths.add(coordination.ensurePath(Paths.offsets(group, topic)));
            paths.add(coordination.ensurePath(Paths.offsetMeta(group, topic)));
        }
        return CompletableFuture.allOf(paths.toArray(CompletableFuture[]::new));
    }

    /** The partitions for which the group has a committed offset. */
    public static CompletableFuture<SortedSet<TopicPartition>> committed(Coordination coordination, String group) {
        return coordination.children(Paths.offsets(group)).thenCompose(topics -> {
            SortedSet<TopicPartition> found = new TreeSet<>();
            CompletableFuture<Void> listed = CompletableFuture.completedFuture(null);
            for (String topic : topics) {
                String path = Paths.offsets(group) + "/" + topic;
                listed = listed.thenCombine(coordination.children(path), (done, partitions) -> {
                    partitions.forEach(partition -> found.add(named(topic, partition, path)));
                    return null;
                });
            }
            return listed.thenApply(done -> found);
        });
    }

    private static TopicPartition named(String topic, String partition, String path) {
        try {
            return new TopicPartition(topic, Integer.parseInt(partition));
        } catch (IllegalArgumentException e) {
            String message = path + "/" + partition + " is not named after a topic and partition: delete it";
            throw new CoordinationException(Reason.REFUSED, message, path, e);
        }
    }

    /**
     * Reads the fence, and after it the offsets of {@code partitions}.
     *
     * <p>The future fails with {@link Reason#REFUSED} if a znode holds something else than an offset.
     */
    public static CompletableFuture<GroupOffsets> read(
            Coordination coordination, String group, Collection<TopicPartition> partitions) {
        // Read again, the fence proves on its own that no direct writer came between: hence first.
        return coordination.read(Paths.groupFence(group)).thenCompose(fence -> {
            Map<TopicPartition, Entry> entries = new TreeMap<>();
            CompletableFuture<Void> read = CompletableFuture.completedFuture(null);
            for (TopicPartition partition : partitions) {
                read = read.thenCombine(entry(coordination, group, partition), (done, entry) -> {
                    entries.put(partition, entry);
                    return null;
                });
            }
            int version = fence.map(Versioned::version).orElse(MISSING);
            return read.thenApply(done -> new GroupOffsets(group, version, entries, false));
        });
    }

    /**
     * Reads the fence and every offset that the group has. Of any other partition it is known then that it had none.
     *
     * <p>The future fails with {@link Reason#REFUSED} if a znode holds something else than an offset.
     */
    public static CompletableFuture<GroupOffsets> readAll(Coordination coordination, String group) {
        return committed(coordination, group)
                .thenCompose(partitions -> read(coordination, group, partitions))
                .thenApply(read -> new GroupOffsets(group, read.fenceVersion, read.entries, true));
    }

    private static CompletableFuture<Entry> entry(Coordination coordination, String group, TopicPartition partition) {
        String offsetPath = Paths.offset(group, partition);
        String metaPath = Paths.offsetMeta(group, partition);
        return coordination
                .read(offsetPath)
                .thenCombine(
                        coordination.read(metaPath),
                        (offset, metadata) -> new Entry(
                                parsed(offset, bytes -> offset(bytes, offsetPath)),
                                parsed(metadata, bytes -> Document.read(bytes, OffsetMetadata.class, metaPath))));
    }

    private static <T> Versioned<T> parsed(Optional<Versioned<byte[]>> found, Function<byte[], T> parse) {
        return found.map(it -> it.with(parse.apply(it.value()))).orElse(null);
    }

    private static long offset(byte[] bytes, String path) {
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        if (DECIMAL.matcher(text).matches()) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw notAnOffset(path, text, e);
            }
        }
        throw notAnOffset(path, text, null);
    }

    private static CoordinationException notAnOffset(String path, String text, Throwable cause) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        String message = path + " holds '" + shown + "', not an offset: write one, or delete the znode to start anew";
        return new CoordinationException(Reason.REFUSED, message, path, cause);
    }

    /** The group these offsets are of. */
    public String group() {
        return group;
    }

    /** How far the group had come; empty if it never committed for this partition, or it was not asked for. */
    public Optional<CommittedOffset> offset(TopicPartition partition) {
        Entry entry = entries.get(partition);
        if (entry == null || entry.offset == null) {
            return Optional.empty();
        }
        OffsetMetadata metadata = entry.metadata == null ? null : entry.metadata.value();
        return Optional.of(new CommittedOffset(entry.offset.value(), metadata));
    }

    /** The partitions for which there is a committed offset, of those that were read. */
    public SortedSet<TopicPartition> partitions() {
        SortedSet<TopicPartition> found = new TreeSet<>();
        entries.forEach((partition, entry) -> {
            if (entry.offset != null) {
                found.add(partition);
            }
        });
        return found;
    }

    /** Whether the group ever had a direct writer: one that {@linkplain #raiseFence raised} its fence. */
    public boolean hasDirectWriter() {
        return fenceVersion > 0;
    }

    /** The number of the group's fence as read: how often a direct writer {@linkplain #raiseFence raised} it. */
    public int fence() {
        return Math.max(0, fenceVersion); // made by whoever needs it, and 0 then
    }

    /** When an offset was last written, by ZooKeeper's clock, in ms since the epoch; 0 if there is none. */
    public long modifiedMillis() {
        return entries.values().stream()
                .filter(entry -> entry.offset != null)
                .mapToLong(entry -> entry.offset.modifiedMillis())
                .max()
                .orElse(0);
    }

    /** When the offset of one partition was last written, as {@link #modifiedMillis()}; 0 if there is none. */
    public long modifiedMillis(TopicPartition partition) {
        Versioned<Long> offset = entries.getOrDefault(partition, NONE).offset;
        return offset == null ? 0 : offset.modifiedMillis();
    }

    /** The step that fails if another direct writer committed since these offsets were read. */
    public Write checkFence() {
        requireFence();
        return new Write.Check(Paths.groupFence(group), fenceVersion);
    }

    /**
     * The step that fails if another direct writer committed since these offsets were read, and makes the commits of others
     * fail who read before this one. Use it in place of {@link #checkFence}.
     *
     * @param owner who commits, for people to read
     * @param token of this commit
     */
    public Write raiseFence(String owner, UUID token) {
        requireFence();
        byte[] holder = Document.write(new FenceHolder(owner, token));
        return new Write.Update(Paths.groupFence(group), holder, fenceVersion);
    }

    private void requireFence() {
        if (fenceVersion == MISSING) {
            throw new IllegalStateException("Group " + group + " had no fence when read: prepare it first");
        }
    }

    /**
     * The steps that set these offsets, each on condition that it is as it was read. Their parents must have been
     * {@linkplain #prepare prepared}.
     *
     * @throws IllegalArgumentException if a partition is among them that was not read, or metadata is missing
     */
    public List<Write> set(Map<TopicPartition, CommittedOffset> offsets) {
        List<Write> steps = new ArrayList<>(2 * offsets.size());
        for (Map.Entry<TopicPartition, CommittedOffset> offset : new TreeMap<>(offsets).entrySet()) {
            steps.addAll(set(offset.getKey(), offset.getValue()));
        }
        return steps;
    }

    private List<Write> set(TopicPartition partition, CommittedOffset committed) {
        Entry read = entry(partition);
        if (committed.metadata() == null) {
            throw new IllegalArgumentException("The offset for " + partition + " has no metadata");
        }
        byte[] text = Long.toString(committed.offset()).getBytes(StandardCharsets.UTF_8);
        Write offset = put(Paths.offset(group, partition), text, read.offset);
        if (isAsRead(committed, read)) {
            return List.of(offset);
        }
        byte[] metadata = Document.write(committed.metadata());
        return List.of(offset, put(Paths.offsetMeta(group, partition), metadata, read.metadata));
    }

    private Entry entry(TopicPartition partition) {
        Entry read = entries.get(partition);
        if (read == null && !complete) {
            throw new IllegalArgumentException("The offset of " + partition + " was not read before");
        }
        return read == null ? NONE : read;
    }

    /** Metadata seldom change: a commit that leaves them alone is half as large. */
    private static boolean isAsRead(CommittedOffset committed, Entry read) {
        return read.offset != null
                && read.metadata != null
                && read.metadata.value().equals(committed.metadata());
    }

    private static Write put(String path, byte[] data, Versioned<?> read) {
        return read == null ? new Write.Create(path, data) : new Write.Update(path, data, read.version());
    }

    /**
     * The offsets as they are after the steps of {@link #set} were applied.
     *
     * @param versions what {@link Coordination#commit} answered for those steps
     */
    public GroupOffsets after(Map<TopicPartition, CommittedOffset> offsets, List<Integer> versions) {
        Map<TopicPartition, Entry> next = new TreeMap<>(entries);
        int step = 0;
        for (Map.Entry<TopicPartition, CommittedOffset> offset : new TreeMap<>(offsets).entrySet()) {
            CommittedOffset committed = offset.getValue();
            Entry read = entry(offset.getKey());
            Versioned<Long> value = written(committed.offset(), versions.get(step++));
            Versioned<OffsetMetadata> metadata =
                    isAsRead(committed, read) ? read.metadata : written(committed.metadata(), versions.get(step++));
            next.put(offset.getKey(), new Entry(value, metadata));
        }
        return new GroupOffsets(group, fenceVersion, next, complete);
    }

    private static <T> Versioned<T> written(T value, int version) {
        return new Versioned<>(value, version, 0, 0, 0);
    }

    /** The steps that remove the offsets of these partitions, each on condition that it is as it was read. */
    public List<Write> remove(Collection<TopicPartition> partitions) {
        List<Write> steps = new ArrayList<>(2 * partitions.size());
        for (TopicPartition partition : new TreeSet<>(partitions)) {
            Entry read = entry(partition);
            if (read.offset != null) {
                steps.add(new Write.Delete(Paths.offset(group, partition), read.offset.version()));
            }
            if (read.metadata != null) {
                steps.add(new Write.Delete(Paths.offsetMeta(group, partition), read.metadata.version()));
            }
        }
        return steps;
    }
}
