package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.GroupOffsets;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What a shard remembers of its groups' offsets, of those used last. Not for use by several threads. */
final class Ledgers {

    private static final int MAX = 1_000;

    private final Coordination coordination;
    private final Reservations reservations;
    private final Map<String, Ledger> byGroup = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * A group's offsets as they are.
     *
     * @param prepared topics that have the znodes which a commit needs; none: not even the group's fence is there for sure
     */
    record Ledger(GroupOffsets offsets, Set<TopicName> prepared) {}

    Ledgers(Coordination coordination, Reservations reservations) {
        this.coordination = coordination;
        this.reservations = reservations;
    }

    Optional<GroupOffsets> offsets(String group) {
        return Optional.ofNullable(byGroup.get(group)).map(Ledger::offsets);
    }

    /**
     * What a commit for {@code topics} needs: remembered, or read and made now. Remembers nothing itself. If what is read has a
     * direct writer then reservations are at least as new.
     */
    CompletableFuture<Ledger> prepared(String group, Set<TopicName> topics) {
        Ledger known = byGroup.get(group);
        if (known != null && known.prepared().containsAll(topics)) {
            return CompletableFuture.completedFuture(known);
        }
        Set<TopicName> prepared = new HashSet<>(topics);
        CompletableFuture<Void> made = GroupOffsets.prepare(coordination, group, topics);
        if (known != null && !known.prepared().isEmpty()) {
            prepared.addAll(known.prepared());
            return made.thenApply(done -> new Ledger(known.offsets(), prepared));
        }
        return made.thenCompose(done -> coordination.sync())
                .thenCompose(done -> GroupOffsets.readAll(coordination, group))
                .thenCompose(reservations::confirm)
                .thenApply(read -> new Ledger(read, prepared));
    }

    void remember(String group, Ledger ledger) {
        byGroup.put(group, ledger);
    }

    /** Remembers what was only read. */
    void remember(String group, GroupOffsets read) {
        byGroup.put(group, new Ledger(read, Set.of()));
    }

    /** A commit of {@code offsets} gave their znodes these versions. */
    void wrote(String group, Map<TopicPartition, CommittedOffset> offsets, List<Integer> versions) {
        byGroup.computeIfPresent(
                group, (name, ledger) -> new Ledger(ledger.offsets().after(offsets, versions), ledger.prepared()));
    }

    void forget(String group) {
        byGroup.remove(group);
    }

    void clear() {
        byGroup.clear();
    }

    /** Forgets those used longest ago, if they are too many. To be called when none is in use. */
    void trim() {
        while (byGroup.size() > MAX) {
            byGroup.remove(byGroup.keySet().iterator().next());
        }
    }
}
