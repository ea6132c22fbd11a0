package io.millstream.broker.simulation;

import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A simulated cluster without faults of its own, whose disks a test damages. */
final class DamagedCluster {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final Path DATA = Path.of("/data");

    final SimCluster cluster;
    final TopicPartition id;

    /** Some segments of records are there, and everybody is in sync. */
    DamagedCluster(long seed, int replicas, boolean flushCommit) {
        SimPlan any = SimPlan.of(new Random(seed), replicas, 1);
        int minInSync = Math.min(2, replicas);
        cluster = new SimCluster(
                seed, new SimPlan(replicas, minInSync, flushCommit, Set.of(), 0, any.pauseMillis(), any.config()));
        cluster.start();
        id = cluster.partitions().get(0);
        cluster.until(
                PATIENCE_MILLIS,
                "there are segments",
                () -> cluster.isWhole() && segments(leader()).size() > 3);
    }

    SimBroker leader() {
        int leader = cluster.state(id).orElseThrow().leader();
        return cluster.brokers().stream()
                .filter(broker -> broker.id == leader)
                .findFirst()
                .orElseThrow(() -> new AssertionError("Nobody leads"));
    }

    /** The one that follows and comes first. */
    SimBroker follower() {
        SimBroker leader = leader();
        return cluster.brokers().stream()
                .filter(broker -> broker != leader)
                .findFirst()
                .orElseThrow();
    }

    Path directory() {
        return DATA.resolve(id.toString());
    }

    List<Path> segments(SimBroker broker) {
        return broker.disk().list(directory()).stream()
                .filter(name -> name.endsWith(".log"))
                .map(directory()::resolve)
                .toList();
    }

    /** Logs that were set aside. */
    List<Path> kept(SimBroker broker) {
        return broker.disk().list(DATA).stream()
                .filter(name -> name.endsWith("-damaged"))
                .map(DATA::resolve)
                .toList();
    }

    /** Flips a bit, on the platter and in memory. */
    void flip(SimBroker broker, Path file, int position) {
        byte[] content = broker.disk().content(file);
        content[position] ^= 0x10;
        broker.disk().replace(file, content);
    }

    /** A process that ends without a clean stop is started again. */
    void restart(SimBroker broker) {
        broker.kill();
        broker.start();
    }

    void until(String what, BooleanSupplier holds) {
        cluster.until(PATIENCE_MILLIS, what, holds);
    }

    boolean leads(SimBroker broker) {
        return cluster.state(id).filter(state -> state.leader() == broker.id).isPresent();
    }
}
