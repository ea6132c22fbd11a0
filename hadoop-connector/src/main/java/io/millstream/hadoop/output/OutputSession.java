package io.millstream.hadoop.output;

import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.Coordination;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;

/** The connections of whoever submits, commits, or finishes a publication, until close. */
final class OutputSession implements AutoCloseable {

    private final OutputDoors doors;
    private final Coordination coordination;
    private final Cluster cluster;
    private final Outlet outlet;
    private final Loop loop;

    private OutputSession(OutputDoors doors, Coordination coordination, Duration timeout) {
        this.doors = doors;
        this.coordination = coordination;
        this.cluster = Cluster.zooKeeper(
                coordination, ClientSettings.defaults("millstream-output").withTimeout(timeout));
        this.loop = new ThreadLoop("millstream-output");
        this.outlet = doors.outlet().apply(new ClusterOutlet(cluster, coordination));
    }

    /** Connects to the ZooKeeper that the configuration names. */
    static OutputSession open(Configuration conf, OutputDoors doors) throws OutputException {
        Duration timeout = Duration.ofMillis(OutputKey.TIMEOUT.number(conf));
        String zooKeeper = OutputKey.ZOOKEEPER.required(conf);
        return new OutputSession(doors, doors.zooKeeper().apply(zooKeeper, timeout), timeout);
    }

    OutputDoors doors() {
        return doors;
    }

    Coordination coordination() {
        return coordination;
    }

    Cluster cluster() {
        return cluster;
    }

    Outlet outlet() {
        return outlet;
    }

    /** Where sends are made, which may wait. */
    Loop loop() {
        return loop;
    }

    PublicationRegister register() {
        return new PublicationRegister(coordination);
    }

    ProducerIds producerIds() {
        return new ProducerIds(
                coordination,
                loop,
                doors.clock(),
                doors.entropy(),
                cluster.settings().timeout());
    }

    @Override
    public void close() {
        loop.close();
        cluster.close();
        coordination.close();
    }
}
