package io.millstream.broker;

import io.millstream.broker.log.Disk;
import io.millstream.coordination.ClusterId;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Entropy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which cluster this is, and that the data directories belong to it.
 *
 * @param clusterId as clients see it
 * @param directoryId of the data directories
 */
record ClusterMembership(String clusterId, UUID directoryId) {

    /**
     * Reads, or for a new cluster writes, {@code /cluster/id}, and marks new data directories as its own. Blocks.
     *
     * @param directories whose locks are held
     * @throws BrokerStartException if the data belong to another cluster or broker
     */
    static ClusterMembership establish(
            Coordination coordination, Disk disk, List<Path> directories, int broker, Entropy entropy) {
        List<DirectoryIdentity> identities = DirectoryIdentity.readAll(disk, directories);
        String clusterId = read(coordination).orElseGet(() -> {
            if (!identities.isEmpty()) {
                throw new BrokerStartException(
                        "The data in " + directories + " belongs to cluster "
                                + identities.get(0).clusterId() + ", but ZooKeeper has no cluster",
                        "Check zookeeper.connect; if ZooKeeper's data is lost, restore it from a backup");
            }
            return create(coordination, entropy);
        });
        UUID directoryId = DirectoryIdentity.check(identities, directories, clusterId, broker)
                .orElseGet(entropy::uuid);
        new DirectoryIdentity(clusterId, broker, directoryId).writeTo(disk, directories);
        return new ClusterMembership(clusterId, directoryId);
    }

    private static Optional<String> read(Coordination coordination) {
        Optional<Versioned<byte[]>> found = Coordination.await(coordination.read(Paths.CLUSTER_ID));
        return found.map(raw ->
                Document.read(raw.value(), ClusterId.class, Paths.CLUSTER_ID).id());
    }

    private static String create(Coordination coordination, Entropy entropy) {
        UUID uuid = entropy.uuid();
        byte[] bits = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
        String proposed = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        Coordination.await(coordination.ensurePath(parent()));
        try {
            Coordination.await(
                    coordination.commit(new Write.Create(Paths.CLUSTER_ID, Document.write(new ClusterId(proposed)))));
        } catch (CoordinationException e) {
            if (e.reason() != Reason.CONFLICT && e.reason() != Reason.UNKNOWN_OUTCOME) {
                throw e;
            } // another broker's, or our own after all: what stands there is it
        }
        return read(coordination)
                .orElseThrow(() -> new BrokerStartException(
                        "ZooKeeper did not keep the cluster's id", "Look at ZooKeeper's log and start again"));
    }

    private static String parent() {
        return Paths.CLUSTER_ID.substring(0, Paths.CLUSTER_ID.lastIndexOf('/'));
    }
}
