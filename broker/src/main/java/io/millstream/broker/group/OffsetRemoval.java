package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/** Removes committed offsets of a group, under the guard of its shard and fence. */
final class OffsetRemoval {

    private static final int PARTITIONS_AT_ONCE = 500;

    private final Coordination coordination;
    private final Reservations reservations;
    private final String group;
    private final Write guard;

    /** @param guard the step that each write begins with */
    OffsetRemoval(GroupEnvironment environment, String group, Write guard) {
        this.coordination = environment.coordination();
        this.reservations = environment.reservations();
        this.group = group;
        this.guard = guard;
    }

    /** Removes the offsets of the partitions that {@code which} names, as far as there are any, once they have been read. */
    CompletableFuture<Void> of(Function<GroupOffsets, Collection<TopicPartition>> which) {
        return read().thenCompose(read -> read.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : remove(read.get(), List.copyOf(which.apply(read.get())), 0));
    }

    /**
     * Removes the group with all of its offsets, if they are as {@code still} wants them. Its fence stays if it ever was
     * raised: it must not begin at 0 again.
     */
    CompletableFuture<Void> ofEverything(Predicate<GroupOffsets> still) {
        return read().thenCompose(read -> {
            if (read.isEmpty() || !still.test(read.get())) {
                return CompletableFuture.completedFuture(null);
            }
            GroupOffsets offsets = read.get();
            return remove(offsets, List.copyOf(offsets.partitions()), 0)
                    .thenCompose(done -> removeParents(offsets.hasDirectWriter()));
        });
    }

    /** Fails if the group was reserved meanwhile: its offsets say what has been published. */
    private CompletableFuture<Optional<GroupOffsets>> read() {
        return coordination
                .sync()
                .thenCompose(done -> coordination.read(Paths.group(group)))
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : GroupOffsets.prepare(coordination, group, List.of()) // there may be no fence
                                .thenCompose(done -> GroupOffsets.readAll(coordination, group))
                                .thenCompose(reservations::confirm)
                                .thenApply(this::unreserved)
                                .thenApply(Optional::of));
    }

    private GroupOffsets unreserved(GroupOffsets read) {
        reservations.of(group).ifPresent(reason -> {
            String message = "Offsets of group " + group + " cannot be deleted: it belongs to " + reason;
            throw new CoordinationException(Reason.REFUSED, message, null);
        });
        return read;
    }

    private CompletableFuture<Void> remove(GroupOffsets read, List<TopicPartition> partitions, int from) {
        if (from >= partitions.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int to = Math.min(partitions.size(), from + PARTITIONS_AT_ONCE);
        List<Write> removals = read.remove(partitions.subList(from, to));
        if (removals.isEmpty()) {
            return remove(read, partitions, to);
        }
        List<Write> steps = new ArrayList<>(List.of(guard, read.checkFence()));
        steps.addAll(removals);
        return coordination.commit(steps).thenCompose(done -> remove(read, partitions, to));
    }

    /** What does not go now because something of other tools is in it stays; it says nothing of any offset. */
    private CompletableFuture<Void> removeParents(boolean keepFence) {
        return below(Paths.offsets(group))
                .thenCombine(below(Paths.offsetMeta(group)), (offsets, metadata) -> {
                    List<String> paths = new ArrayList<>(offsets);
                    paths.addAll(metadata);
                    if (!keepFence) {
                        paths.add(Paths.groupFence(group));
                        paths.add(Paths.group(group));
                    }
                    return paths;
                })
                .thenCompose(this::delete)
                .exceptionallyCompose(failure -> WriteFailure.reason(failure) == Reason.CONFLICT
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<List<String>> below(String parent) {
        return coordination.children(parent).thenApply(topics -> {
            List<String> paths = new ArrayList<>();
            topics.forEach(topic -> paths.add(parent + "/" + topic));
            paths.add(parent);
            return paths;
        });
    }

    private CompletableFuture<Void> delete(List<String> paths) {
        List<CompletableFuture<Optional<Versioned<byte[]>>>> reads =
                paths.stream().map(coordination::read).toList();
        return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            List<Write> steps = new ArrayList<>(List.of(guard));
            for (int i = 0; i < paths.size(); i++) {
                String path = paths.get(i);
                reads.get(i).join().ifPresent(found -> steps.add(new Write.Delete(path, found.version())));
            }
            return coordination.commit(steps).thenApply(versions -> null);
        });
    }
}
