package io.millstream.broker.simulation;

import io.millstream.broker.simulation.SimFate.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What is run: how large a cluster, and what befalls it.
 *
 * @param replicas of each partition, which is as many as there are brokers
 * @param minInSync {@code min.insync.replicas}
 * @param flushCommit whether records are forced to disk before they are committed, so that all machines may lose power
 * @param faults which kinds there are
 * @param chaosMillis for how long faults come
 * @param pauseMillis between two of them, at most
 * @param config settings of the brokers
 */
record SimPlan(
        int replicas,
        int minInSync,
        boolean flushCommit,
        Set<Kind> faults,
        int chaosMillis,
        int pauseMillis,
        Map<String, String> config) {

    static final int PARTITIONS = 2;

    /** Small segments and quick time-outs: much happens in little time. */
    private static final Map<String, String> CONFIG = Map.ofEntries(
            Map.entry("log.segment.bytes", "4096"),
            Map.entry("log.index.interval.bytes", "256"),
            Map.entry("num.network.threads", "1"),
            Map.entry("offsets.topic.num.partitions", "2"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("replica.lag.time.max.ms", "3000"),
            Map.entry("replica.socket.timeout.ms", "4000"),
            Map.entry("replica.high.watermark.checkpoint.interval.ms", "1000"),
            Map.entry("leader.imbalance.check.interval.seconds", "7"));

    /** A plan by a seed: few kinds of faults together find what all together hide. */
    static SimPlan of(Random random, int replicas, int minInSync) {
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        Collections.shuffle(kinds, random);
        Set<Kind> faults = EnumSet.copyOf(kinds.subList(0, 1 + random.nextInt(kinds.size())));
        return new SimPlan(
                replicas,
                minInSync,
                random.nextInt(4) == 0,
                faults,
                10_000 + random.nextInt(30_000),
                500 + random.nextInt(5_000),
                CONFIG);
    }

    /** The same without faults of its own. */
    SimPlan calm() {
        return new SimPlan(replicas, minInSync, flushCommit, Set.of(), 0, pauseMillis, config);
    }
}
