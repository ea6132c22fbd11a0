package io.millstream.hadoop.ingest;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import java.util.Map;
import java.util.function.Function;

/**
 * Through which doors a driver reaches the world, apart from the file system, which Hadoop's configuration names.
 *
 * @param zooKeeper connects to a connect string
 * @param environment the process's environment variables
 */
record Surroundings(
        Clock clock, Entropy entropy, Function<String, Coordination> zooKeeper, Map<String, String> environment) {

    /** As long as a paused driver may be gone before another one may take its job. */
    private static final int SESSION_MILLIS = 20_000;

    private static final int CONNECT_MILLIS = 15_000;

    /** This machine's. */
    static Surroundings system() {
        Clock clock = Clock.system();
        return new Surroundings(
                clock,
                Entropy.system(),
                connect -> ZooKeeperCoordination.connect(connect, SESSION_MILLIS, CONNECT_MILLIS, clock),
                System.getenv());
    }
}
