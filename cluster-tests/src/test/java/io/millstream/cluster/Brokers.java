package io.millstream.cluster;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * ZooKeeper and brokers, numbered from 1, each a process of its own that can be killed and started again at its address. They listen
 * on addresses of this machine that depend on this process, so that no two runs meet.
 */
final class Brokers implements AutoCloseable {

    private static final int SESSION_MILLIS = 20_000;
    private static final int ZOOKEEPER = 100;

    private final List<BrokerProcess> brokers = new ArrayList<>();
    private final BrokerProcess zooKeeper;
    private final Coordination observer;

    private Brokers(Path folder, int count) {
        zooKeeper = BrokerProcess.run(
                "zookeeper",
                "--host",
                host(ZOOKEEPER),
                "--port",
                "2181",
                "--data",
                folder.resolve("zookeeper").toString());
        for (int id = 1; id <= count; id++) {
            brokers.add(BrokerProcess.launch(List.of(), "", arguments(folder, id)));
        }
        brokers.forEach(BrokerProcess::awaitReady);
        observer = ZooKeeperCoordination.connect(zooKeeper(), SESSION_MILLIS, SESSION_MILLIS, Clock.system());
    }

    static Brokers start(Path folder, int count) {
        return new Brokers(folder, count);
    }

    private static String[] arguments(Path folder, int id) {
        List<String> settings = List.of(
                "broker.id=" + id,
                "listeners=PLAINTEXT://" + address(id),
                "http.port=-1",
                "zookeeper.connect=" + host(ZOOKEEPER) + ":2181",
                "zookeeper.session.timeout.ms=4000",
                "log.dirs=" + folder.resolve("broker-" + id));
        List<String> arguments = new ArrayList<>(List.of("broker"));
        settings.forEach(each -> arguments.addAll(List.of("--set", each)));
        return arguments.toArray(String[]::new);
    }

    private static String host(int number) {
        long process = ProcessHandle.current().pid();
        return "127." + (192 + (process >> 8) % 60) + "." + process % 256 + "." + number;
    }

    private static String address(int id) {
        return host(id) + ":9092";
    }

    String bootstrap() {
        return IntStream.rangeClosed(1, brokers.size())
                .mapToObj(Brokers::address)
                .collect(Collectors.joining(","));
    }

    String zooKeeper() {
        return zooKeeper.zookeeper();
    }

    /** A session of the test's own. */
    Coordination observer() {
        return observer;
    }

    /** Who leads; negative if nobody does. */
    int leader(TopicPartition partition) {
        String path = Paths.partitionState(partition);
        return Coordination.await(observer.read(path))
                .map(raw ->
                        Document.read(raw.value(), PartitionState.class, path).leader())
                .orElse(-1);
    }

    /** SIGKILL; waits until it is gone. */
    void kill9(int id) {
        brokers.get(id - 1).kill9();
    }

    /** Starts a broker that was killed, and waits until it serves. */
    void restart(int id) {
        brokers.get(id - 1).restart();
    }

    /** SIGKILL of ZooKeeper; waits until it is gone. */
    void kill9ZooKeeper() {
        zooKeeper.kill9();
    }

    /** Starts ZooKeeper again, with its data, and waits until it serves. */
    void restartZooKeeper() {
        zooKeeper.restart();
    }

    @Override
    public void close() {
        observer.close();
        brokers.forEach(BrokerProcess::close);
        zooKeeper.close();
    }
}
