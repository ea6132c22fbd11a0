package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Paths;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Offsets that wait to be written, the newest for each group and partition. A commit is done when all of its offsets are
 * written, or newer ones in their place. An offset remembers the fence under which it was accepted: from when it came, or from
 * the first try to write it. Pure; not for use by several threads.
 */
final class CommitQueue {

    /** Steps, paths and JSON around what a client sent, in bytes, at most. */
    private static final int OVERHEAD_BYTES = 512;

    /** JSON writes a control character as six. */
    private static final int ESCAPED = 6;

    private final long maxBytes;
    private Map<Key, Entry> waiting = new LinkedHashMap<>();
    private long bytes;

    /** @param maxBytes of memory and of requests to come that may wait, about */
    CommitQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    private record Key(String group, TopicPartition partition) {}

    /** One client's request. */
    private static final class Commit {
        final CompletableFuture<ErrorCode> answer = new CompletableFuture<>();
        int left;
        ErrorCode error = ErrorCode.NONE;

        void done(ErrorCode outcome) {
            if (outcome != ErrorCode.NONE) {
                error = outcome;
            }
            if (--left == 0) {
                answer.complete(error);
            }
        }
    }

    private static final class Entry {
        final CommittedOffset offset;
        final long bytes;
        final List<Commit> commits = new ArrayList<>();
        OptionalInt fence;
        int tries;

        Entry(CommittedOffset offset, long bytes, OptionalInt fence) {
            this.offset = offset;
            this.bytes = bytes;
            this.fence = fence;
        }
    }

    /** Offsets that are being written. */
    static final class Batch {
        private final Map<String, Map<TopicPartition, Entry>> groups = new TreeMap<>();

        List<String> groups() {
            return List.copyOf(groups.keySet());
        }

        Map<TopicPartition, CommittedOffset> offsets(String group) {
            Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
            groups.get(group).forEach((partition, entry) -> offsets.put(partition, entry.offset));
            return offsets;
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Lets offsets wait; answers at once with {@link ErrorCode#COORDINATOR_LOAD_IN_PROGRESS} if too much waits already.
     *
     * @param fence the number of the group's fence, if it is known
     */
    CompletableFuture<ErrorCode> add(String group, Map<TopicPartition, CommittedOffset> offsets, OptionalInt fence) {
        if (offsets.isEmpty()) {
            return CompletableFuture.completedFuture(ErrorCode.NONE);
        }
        if (bytes >= maxBytes) {
            return CompletableFuture.completedFuture(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        }
        Commit commit = new Commit();
        commit.left = offsets.size();
        offsets.forEach((partition, offset) -> {
            Entry entry = new Entry(offset, bytes(group, partition, offset), fence);
            entry.commits.add(commit);
            put(new Key(group, partition), entry);
        });
        return commit.answer;
    }

    private static long bytes(String group, TopicPartition partition, CommittedOffset offset) {
        int paths = Paths.offset(group, partition).length()
                + Paths.offsetMeta(group, partition).length();
        return OVERHEAD_BYTES
                + paths
                + (long) ESCAPED * offset.metadata().metadata().length();
    }

    /** Lets {@code entry} wait in place of an older one, whose commits wait for it from now on. */
    private void put(Key key, Entry entry) {
        Entry older = waiting.put(key, entry);
        bytes += entry.bytes;
        if (older != null) {
            bytes -= older.bytes;
            entry.commits.addAll(0, older.commits);
            if (entry.fence.isEmpty()) {
                entry.fence = older.fence; // it came later, but is answered together with the other
            }
        }
    }

    /** Takes what waits longest, up to {@code maxOffsets} and {@code requestBytes}, but something. */
    Batch take(int maxOffsets, long requestBytes) {
        Batch batch = new Batch();
        long size = 0;
        Iterator<Map.Entry<Key, Entry>> oldest = waiting.entrySet().iterator();
        for (int i = 0; i < maxOffsets && oldest.hasNext(); i++) {
            Map.Entry<Key, Entry> next = oldest.next();
            size += next.getValue().bytes;
            if (i > 0 && size > requestBytes) {
                break;
            }
            Key key = next.getKey();
            batch.groups.computeIfAbsent(key.group, group -> new TreeMap<>()).put(key.partition, next.getValue());
            bytes -= next.getValue().bytes;
            oldest.remove();
        }
        return batch;
    }

    /** A group's offsets of {@code batch} have met their end. */
    void done(Batch batch, String group, ErrorCode error) {
        batch.groups.remove(group).values().forEach(entry -> entry.commits.forEach(commit -> commit.done(error)));
    }

    /**
     * A group's fence has this number, so that what was accepted under another one must not be written any more: it is answered
     * with {@link ErrorCode#ILLEGAL_GENERATION}.
     *
     * @return whether offsets of the group are left in {@code batch}
     */
    boolean refuseOvertaken(Batch batch, String group, int fence) {
        Map<TopicPartition, Entry> entries = batch.groups.get(group);
        entries.values().forEach(entry -> entry.fence = OptionalInt.of(entry.fence.orElse(fence)));
        List<Entry> overtaken = entries.values().stream()
                .filter(entry -> entry.fence.getAsInt() != fence)
                .toList();
        entries.values().removeAll(overtaken);
        if (entries.isEmpty()) {
            batch.groups.remove(group);
        }
        overtaken.forEach(entry -> entry.commits.forEach(commit -> commit.done(ErrorCode.ILLEGAL_GENERATION)));
        return !entries.isEmpty();
    }

    /**
     * What is left of {@code batch} waits again, in front.
     *
     * @param maxTries when an offset is given up
     * @param failed whether that was a try for a group, or another one was in the way
     */
    void putBack(Batch batch, int maxTries, Predicate<String> failed) {
        Map<Key, Entry> behind = waiting;
        waiting = new LinkedHashMap<>();
        batch.groups.forEach((group, entries) -> entries.forEach((partition, entry) -> {
            if (failed.test(group) && ++entry.tries >= maxTries) {
                entry.commits.forEach(commit -> commit.done(ErrorCode.COORDINATOR_NOT_AVAILABLE));
            } else {
                put(new Key(group, partition), entry);
            }
        }));
        batch.groups.clear();
        behind.forEach((key, entry) -> {
            bytes -= entry.bytes;
            put(key, entry);
        });
    }

    /** Nothing that waits will be written. */
    void fail(ErrorCode error) {
        Map<Key, Entry> all = waiting;
        waiting = new LinkedHashMap<>();
        bytes = 0;
        all.values().forEach(entry -> entry.commits.forEach(commit -> commit.done(error)));
    }
}
