package io.millstream.broker.group;

import java.util.Comparator;
import java.util.Set;

/**
 * Which broker coordinates which shard: the one with the highest weight for it among those that stay (rendezvous hashing). A
 * broker that comes takes shards from all others evenly, one that goes leaves its own to all others, and no shard moves
 * between two that stay. Pure.
 */
final class ShardPlacement {

    private static final long SHARD_STEP = 0x9E3779B97F4A7C15L;
    private static final long BROKER_STEP = 0xD1B54A32D192ED03L;

    private ShardPlacement() {}

    /**
     * Whether a broker should have a shard.
     *
     * @param holder who has it, registered or not; below 0 if nobody ever had
     */
    static boolean belongs(int shard, int broker, int holder, Registered registered) {
        Set<Integer> staying = registered.staying();
        if (!staying.isEmpty()) {
            return broker == owner(shard, staying);
        }
        // Before the first broker has registered, or while the last ones stop, each keeps what it has: several that
        // start
        // together would take from each other what none may keep.
        return holder == broker || holder < 0;
    }

    /** @param brokers at least one */
    static int owner(int shard, Set<Integer> brokers) {
        return brokers.stream()
                .max(Comparator.comparingLong((Integer broker) -> weight(shard, broker))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /** The finishing rounds of SplitMix64: each bit of shard and broker changes half of the bits. */
    private static long weight(int shard, int broker) {
        long mixed = (shard + 1) * SHARD_STEP + (broker + 1) * BROKER_STEP;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
