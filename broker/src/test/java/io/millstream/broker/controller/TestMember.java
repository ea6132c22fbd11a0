package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A broker without logs and network: session, registration, watch and controller. */
final class TestMember implements AutoCloseable {

    private static final int CONNECT_MILLIS = 60_000;
    private static final int PATIENCE_SECONDS = 60;
    private static final Controller.Settings SETTINGS =
            new Controller.Settings((cluster, topic) -> States.RULES, Optional.empty());

    final int id;
    final UncertainCoordination coordination;
    final Loop loop;
    final ClusterWatch watch;
    final Controller controller;
    final Registrar registrar;

    TestMember(String zooKeeper, int id, int sessionMillis, UUID directory) {
        this.id = id;
        coordination = new UncertainCoordination(
                ZooKeeperCoordination.connect(zooKeeper, sessionMillis, CONNECT_MILLIS, Clock.system()));
        loop = new ThreadLoop("member-" + id);
        watch = new ClusterWatch(coordination, loop);
        controller = new Controller(watch, id, Entropy.system(), SETTINGS);
        BrokerRegistration registration =
                new BrokerRegistration("host" + id, 9092, new TreeMap<>(), -1, null, "boot", directory);
        registrar = new Registrar(watch, id, registration, controller::succeed);
    }

    /** Starts and waits until it is registered. */
    TestMember start() {
        begin();
        await(registrar.registered());
        return this;
    }

    TestMember begin() {
        CompletableFuture<?> unused = watch.start();
        return this;
    }

    Outcome<ClusterState.Topic> create(String name, int partitions) {
        return await(controller.create(
                States.wanted(name, partitions, 1, Entropy.system().uuid())));
    }

    Outcome<UUID> delete(String name) {
        return await(controller.delete(new TopicName(name)));
    }

    PartitionState state(String topic, int partition) {
        return watch.state().state(new TopicPartition(topic, partition)).orElseThrow();
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops as a process that dies does: nothing more is done, but the session, if kept, stands. */
    void freeze() {
        loop.close();
    }

    /** Stops cleanly: its ephemeral znodes go at once. */
    void leave() {
        loop.close();
        coordination.close();
    }

    @Override
    public void close() {
        leave();
    }
}
