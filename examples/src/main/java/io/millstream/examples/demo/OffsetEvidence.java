package io.millstream.examples.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/**
 * Reads a group's committed offsets with ZooKeeper's own client, as any old tool would: plain decimal text under {@code
 * /consumers/<group>/offsets/<topic>/<partition>}.
 */
final class OffsetEvidence {

    private static final int SESSION_MILLIS = 10_000;

    private OffsetEvidence() {}

    /** The offset to read next of each partition from 0; 0 where nothing is committed. */
    static long[] read(String connectString, String group, String topic, int partitions)
            throws IOException, InterruptedException, KeeperException {
        CountDownLatch connected = new CountDownLatch(1);
        Watcher watcher = event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        };
        ZooKeeper zooKeeper = new ZooKeeper(connectString, SESSION_MILLIS, watcher);
        try {
            if (!connected.await(SESSION_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("No connection to ZooKeeper at " + connectString);
            }
            long[] committed = new long[partitions];
            for (int partition = 0; partition < partitions; partition++) {
                String path = "/consumers/" + group + "/offsets/" + topic + "/" + partition;
                if (zooKeeper.exists(path, false) != null) {
                    byte[] text = zooKeeper.getData(path, false, null);
                    committed[partition] = Long.parseLong(new String(text, StandardCharsets.US_ASCII));
                }
            }
            return committed;
        } finally {
            zooKeeper.close();
        }
    }
}
