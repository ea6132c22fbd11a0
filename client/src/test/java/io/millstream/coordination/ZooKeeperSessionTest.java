package io.millstream.coordination;

import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on sessions, against a real server. */
class ZooKeeperSessionTest extends SessionContract {

    @RegisterExtension
    static final TestZooKeeper zooKeeper = new TestZooKeeper();

    @Override
    protected Coordination open() {
        return zooKeeper.connect();
    }

    @Override
    protected void expireSession(Coordination coordination) {
        // A second connection takes the session over and ends it, which the first learns when it comes back.
        ZooKeeper handle = ((ZooKeeperCoordination) coordination).handle();
        try {
            ZooKeeper thief = new ZooKeeper(
                    "127.0.0.1:" + zooKeeper.port(),
                    TestZooKeeper.SESSION_MILLIS,
                    event -> {},
                    handle.getSessionId(),
                    handle.getSessionPasswd());
            thief.exists("/", false);
            thief.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void interruptConnections() {
        zooKeeper.restart();
    }
}
