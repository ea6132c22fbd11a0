package io.millstream.broker.simulation;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicPartition;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that speaks to brokers about one partition, a step after the other. */
abstract class SimClient {

    final SimCluster cluster;
    final TopicPartition partition;
    final SimProcess process;
    final SimLoop loop;
    final Connections connections;

    SimClient(String name, SimCluster cluster, TopicPartition partition, Duration connectTimeout) {
        this.cluster = cluster;
        this.partition = partition;
        process = new SimProcess(cluster.scheduler(), name);
        loop = process.loop("application");
        connections = cluster.net()
                .connections(
                        name,
                        process,
                        ConnectionSettings.defaults(name)
                                .withConnectTimeout(connectTimeout)
                                .withRequestTimeout(Duration.ofSeconds(3)));
    }

    final void start() {
        loop.execute(this::step);
    }

    /** What is to be done now; sees to it that there is a next one. */
    abstract void step();

    final void later(int millis) {
        loop.schedule(this::step, millis, TimeUnit.MILLISECONDS);
    }

    final BrokerEndpoint anyBroker() {
        List<SimBroker> brokers = cluster.brokers();
        return brokers.get(cluster.scheduler().random().nextInt(brokers.size())).endpoint();
    }
}
