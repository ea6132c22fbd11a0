package io.millstream.hadoop.output;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Through which doors a publication reaches the world, apart from the file system, which Hadoop's configuration names.
 *
 * @param zooKeeper connects to a connect string
 * @param outlet what is put around the cluster
 */
record OutputDoors(
        Clock clock, Entropy entropy, Function<String, Coordination> zooKeeper, UnaryOperator<Outlet> outlet) {

    /** A publisher that was paused for longer asks whether its publication is still open before it sends on. */
    private static final int SESSION_MILLIS = 20_000;

    private static final int CONNECT_MILLIS = 15_000;

    /** This machine's. */
    static OutputDoors system() {
        Clock clock = Clock.system();
        return new OutputDoors(
                clock,
                Entropy.system(),
                connect -> ZooKeeperCoordination.connect(connect, SESSION_MILLIS, CONNECT_MILLIS, clock),
                UnaryOperator.identity());
    }
}
