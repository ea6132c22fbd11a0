package io.millstream.broker.replica;

import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * The replicas that are in sync, and what follows from it. Immutable; decides and does nothing else.
 *
 * @param members broker ids, the leader's among them
 * @param minInSync {@code min.insync.replicas}
 */
public record Isr(Set<Integer> members, int minInSync) {

    /** @throws IllegalArgumentException if there is no member or {@code minInSync} is below 1 */
    public Isr {
        members = Set.copyOf(members);
        if (members.isEmpty() || minInSync < 1) {
            throw new IllegalArgumentException("ISR " + members + " with min.insync.replicas " + minInSync);
        }
    }

    /** Whether enough replicas are in sync for {@code acks=all}. */
    public boolean meetsMinimum() {
        return members.size() >= minInSync;
    }

    /**
     * The offset below which everything is committed: what every member has, but only while there are enough of them
     * (KIP-966). It never falls.
     *
     * @param current the high watermark so far
     * @param endOffset the offset after the last record that a member has stored, on disk if {@code flush} asks for
     *     that, by broker id
     */
    public long highWatermark(long current, IntToLongFunction endOffset) {
        if (!meetsMinimum()) {
            return current;
        }
        long least = members.stream()
                .mapToInt(Integer::intValue)
                .mapToLong(endOffset)
                .min()
                .orElse(current);
        return Math.max(current, least);
    }
}
