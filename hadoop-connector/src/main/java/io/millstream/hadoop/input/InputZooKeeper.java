package io.millstream.hadoop.input;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import org.apache.hadoop.conf.Configuration;

/** ZooKeeper as the driver, and the process that commits the job, reach it. Tasks never do. */
final class InputZooKeeper {

    private static final int SESSION_MILLIS = 30_000;

    private InputZooKeeper() {}

    /** @throws InputException if the configuration does not say where it is */
    static Coordination connect(Configuration conf) throws InputException {
        String connectString = InputKey.ZOOKEEPER
                .in(conf)
                .orElseThrow(() ->
                        new InputException("Set " + InputKey.ZOOKEEPER.key() + ", where offsets and schemas are"));
        return connect(connectString, (int) InputSettings.timeout(conf).toMillis());
    }

    static Coordination connect(String connectString, int timeoutMillis) {
        return ZooKeeperCoordination.connect(connectString, SESSION_MILLIS, timeoutMillis, Clock.system());
    }
}
