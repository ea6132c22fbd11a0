package io.millstream.hadoop.output;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Through which doors a publication reaches the world, apart from the file system, which Hadoop's configuration names.
 *
 * @param zooKeeper connects to a connect string, and waits so long whenever it gets no answer
 * @param outlet what is put around the cluster
 */
record OutputDoors(
        Clock clock,
        Entropy entropy,
        BiFunction<String, Duration, Coordination> zooKeeper,
        UnaryOperator<Outlet> outlet) {

    /** A publisher that was paused for longer asks whether its publication is still open before it sends on. */
    private static final int SESSION_MILLIS = 20_000;

    /** This machine's. */
    static OutputDoors system() {
        Clock clock = Clock.system();
        return new OutputDoors(
                clock,
                Entropy.system(),
                (connect, patience) ->
                        ZooKeeperCoordination.connect(connect, SESSION_MILLIS, (int) patience.toMillis(), clock),
                UnaryOperator.identity());
    }
}
