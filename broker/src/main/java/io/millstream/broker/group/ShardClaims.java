package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ShardCount;
import io.millstream.coordination.ShardOwner;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Entropy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Reads who owns which shard, and takes shards for this broker, each by raising its znode's version. Keeps nothing. */
final class ShardClaims {

    private static final int ATTEMPTS = 20;

    private final Coordination coordination;
    private final int broker;
    private final Entropy entropy;

    ShardClaims(Coordination coordination, int broker, Entropy entropy) {
        this.coordination = coordination;
        this.broker = broker;
        this.entropy = entropy;
    }

    /** How many shards the cluster has; {@code wanted} if this is its first broker. */
    CompletableFuture<Integer> count(int wanted) {
        return count(wanted, ATTEMPTS);
    }

    private CompletableFuture<Integer> count(int wanted, int attempts) {
        return coordination
                .ensurePath(Paths.COORDINATORS)
                .thenCompose(done -> coordination.read(Paths.COORDINATORS))
                .thenCompose(read -> {
                    Versioned<byte[]> found = read.orElseThrow();
                    if (found.value().length > 0) {
                        ShardCount count = Document.read(found.value(), ShardCount.class, Paths.COORDINATORS);
                        return CompletableFuture.completedFuture(count.shards());
                    }
                    byte[] document = Document.write(new ShardCount(wanted));
                    return coordination
                            .commit(new Write.Update(Paths.COORDINATORS, document, found.version()))
                            .thenApply(version -> wanted)
                            .exceptionallyCompose(failure -> isUncertain(failure) && attempts > 0
                                    ? count(wanted, attempts - 1) // another broker's, or ours after all
                                    : CompletableFuture.failedFuture(failure));
                });
    }

    /** Who owns each of the {@code count} shards; one that nobody ever owned is missing. */
    CompletableFuture<Map<Integer, Versioned<ShardOwner>>> owners(int count) {
        Map<Integer, Versioned<ShardOwner>> owners = new TreeMap<>();
        CompletableFuture<Void> all = coordination.sync();
        List<CompletableFuture<Optional<Versioned<byte[]>>>> reads = new ArrayList<>();
        for (int shard = 0; shard < count; shard++) {
            reads.add(coordination.read(Paths.coordinator(shard)));
        }
        for (int shard = 0; shard < count; shard++) {
            int number = shard;
            all = all.thenCombine(reads.get(shard), (done, read) -> {
                read.ifPresent(raw -> owners.put(number, raw.with(owner(raw.value(), number))));
                return null;
            });
        }
        return all.thenApply(done -> owners);
    }

    private static ShardOwner owner(byte[] document, int shard) {
        return Document.read(document, ShardOwner.class, Paths.coordinator(shard));
    }

    /**
     * Takes shards, all or none.
     *
     * @param expected each shard to take, to its version as read; -1 for one that has no znode
     * @return each shard to the version that it has now; empty if somebody else was faster: read and decide again
     */
    CompletableFuture<Map<Integer, Integer>> take(Map<Integer, Integer> expected) {
        UUID token = entropy.uuid();
        byte[] document = Document.write(new ShardOwner(broker, token));
        List<Integer> shards = List.copyOf(expected.keySet());
        List<Write> steps = shards.stream()
                .<Write>map(shard -> expected.get(shard) < 0
                        ? new Write.Create(Paths.coordinator(shard), document)
                        : new Write.Update(Paths.coordinator(shard), document, expected.get(shard)))
                .toList();
        return coordination
                .commit(steps)
                .thenApply(versions -> {
                    Map<Integer, Integer> taken = new TreeMap<>();
                    for (int i = 0; i < shards.size(); i++) {
                        taken.put(shards.get(i), versions.get(i));
                    }
                    return taken;
                })
                .exceptionallyCompose(failure ->
                        isUncertain(failure) ? taken(shards, token) : CompletableFuture.failedFuture(failure));
    }

    /** After an answer that leaves it open: what carries our token is ours. */
    private CompletableFuture<Map<Integer, Integer>> taken(List<Integer> shards, UUID token) {
        int count = shards.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        return owners(count).thenApply(owners -> {
            Map<Integer, Integer> taken = new TreeMap<>();
            owners.forEach((shard, owner) -> {
                if (owner.value().token().equals(token)) {
                    taken.put(shard, owner.version());
                }
            });
            return taken;
        });
    }

    private static boolean isUncertain(Throwable failure) {
        Reason reason = WriteFailure.reason(failure);
        return reason == Reason.CONFLICT || reason == Reason.UNKNOWN_OUTCOME;
    }
}
