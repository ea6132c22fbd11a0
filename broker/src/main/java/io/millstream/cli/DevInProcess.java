package io.millstream.cli;

import io.millstream.broker.Broker;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** ZooKeeper and brokers in this process. */
final class DevInProcess {

    private final Serving serving;
    private final DevBrokers brokers;
    private final Path directory;

    DevInProcess(Serving serving, DevBrokers brokers, Path directory) {
        this.serving = serving;
        this.brokers = brokers;
        this.directory = directory;
    }

    /** Starts all and returns where they serve, as {@link ReadyLine} says it. */
    String start(int zooKeeperPort) {
        EmbeddedZooKeeper zooKeeper = serving.add(startZooKeeper(zooKeeperPort));
        List<Broker> started = startBrokers(zooKeeper.connectString());
        return ReadyLine.where(started, zooKeeper.connectString());
    }

    private EmbeddedZooKeeper startZooKeeper(int port) {
        try {
            return EmbeddedZooKeeper.start(directory.resolve("zookeeper"), port);
        } catch (IOException e) {
            throw new FailureException(
                    e.getMessage(), "Choose another --zookeeper-port (0: any free one), or check --data", e);
        }
    }

    /** All at once: one that comes back may have to wait for another. */
    private List<Broker> startBrokers(String zooKeeper) {
        ExecutorService starters = Executors.newFixedThreadPool(brokers.count());
        try {
            List<CompletableFuture<Broker>> starting = IntStream.rangeClosed(1, brokers.count())
                    .mapToObj(id -> CompletableFuture.supplyAsync(
                            () -> Broker.start(brokers.config(id, directory, zooKeeper)), starters))
                    .toList();
            return await(starting);
        } finally {
            starters.shutdown();
        }
    }

    private List<Broker> await(List<CompletableFuture<Broker>> starting) {
        List<Broker> started = new ArrayList<>();
        RuntimeException failure = null;
        for (CompletableFuture<Broker> each : starting) {
            try {
                started.add(serving.add(each.join()));
            } catch (CompletionException e) {
                failure = e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return started;
    }
}
