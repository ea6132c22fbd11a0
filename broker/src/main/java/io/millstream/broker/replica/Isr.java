package io.millstream.broker.replica;

import io.millstream.coordination.PartitionState;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * The replicas that are in sync, and what follows from it. Immutable; decides and does nothing else.
 *
 * @param members broker ids that the high watermark waits for: those that are stored in the partition's state, and, while a
 *     change is on its way there, those that it would bring in. The leader's is among them
 * @param stored broker ids in the partition's state as it was last read or written
 * @param eligible broker ids that may lead, by that state, though they are not in sync (KIP-966)
 * @param minInSync {@code min.insync.replicas}
 */
public record Isr(Set<Integer> members, Set<Integer> stored, Set<Integer> eligible, int minInSync) {

    /** @throws IllegalArgumentException if there is no member or {@code minInSync} is below 1 */
    public Isr {
        members = Set.copyOf(members);
        stored = Set.copyOf(stored);
        eligible = Set.copyOf(eligible);
        if (stored.isEmpty() || minInSync < 1 || !members.containsAll(stored)) {
            throw new IllegalArgumentException(
                    "ISR " + stored + " of " + members + " with min.insync.replicas " + minInSync);
        }
    }

    /** An ISR that is not about to change, of which nobody is left that may lead. */
    public Isr(Set<Integer> members, int minInSync) {
        this(members, members, Set.of(), minInSync);
    }

    /** The ISR as a partition's state has it. */
    public static Isr of(PartitionState state, int minInSync) {
        Set<Integer> stored = Set.copyOf(state.isr());
        return new Isr(stored, stored, Set.copyOf(state.eligible()), minInSync);
    }

    /** The same while {@code wanted} is being written in its place: whether that has happened yet, nobody knows. */
    public Isr proposing(Set<Integer> wanted) {
        Set<Integer> either = new HashSet<>(stored);
        either.addAll(wanted);
        return new Isr(either, stored, eligible, minInSync);
    }

    /** The same with another {@code min.insync.replicas}. */
    Isr withMinimum(int minimum) {
        return new Isr(members, stored, eligible, minimum);
    }

    /** The same when nothing is being written in its place. */
    public Isr settled() {
        return new Isr(stored, stored, eligible, minInSync);
    }

    /** Whether enough replicas are in sync for {@code acks=all}. */
    public boolean meetsMinimum() {
        return stored.size() >= minInSync;
    }

    /**
     * Whether there are enough members, but others may lead by what is stored: so it is after {@code min.insync.replicas} was
     * lowered. Nothing more is committed before they may not any more.
     */
    public boolean waitsForEligible() {
        return meetsMinimum() && !eligible.isEmpty();
    }

    /**
     * The offset below which everything is committed: what every member has, but only while there are enough of them and
     * nobody else may lead (KIP-966). It never falls.
     *
     * @param current the high watermark so far
     * @param endOffset the offset after the last record that a member has stored, on disk if {@code flush} asks for
     *     that, by broker id
     */
    public long highWatermark(long current, IntToLongFunction endOffset) {
        if (!meetsMinimum() || waitsForEligible()) {
            return current;
        }
        long least = Long.MAX_VALUE;
        for (int member : members) {
            least = Math.min(least, endOffset.applyAsLong(member));
        }
        return Math.max(current, least);
    }
}
