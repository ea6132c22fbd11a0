package io.millstream.coordination;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on reads and writes, against a real server. */
class ZooKeeperCommitTest extends CommitContract {

    @RegisterExtension
    static final TestZooKeeper zooKeeper = new TestZooKeeper();

    @Override
    protected Coordination open() {
        return zooKeeper.connect();
    }
}
