package io.millstream.broker;

import io.millstream.broker.log.Disk;
import io.millstream.broker.log.DiskFile;
import io.millstream.coordination.Document;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code identity.json} in each data directory: whose data it is. A broker does not serve the data of another broker or
 * cluster, and knows by the directory id which registrations are those of dead processes that had the same directories.
 *
 * @param clusterId the cluster's
 * @param brokerId the broker's
 * @param directoryId of all data directories of this broker together
 */
record DirectoryIdentity(String clusterId, int brokerId, UUID directoryId) {

    private static final String FILE = "identity.json";
    private static final int MAX_BYTES = 64 * 1024;

    /** What is written in {@code directories}; those that are new have nothing. Locks must be held. */
    static List<DirectoryIdentity> readAll(Disk disk, List<Path> directories) {
        List<DirectoryIdentity> found = new ArrayList<>();
        for (Path directory : directories) {
            read(disk, directory).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<DirectoryIdentity> read(Disk disk, Path directory) {
        Path path = directory.resolve(FILE);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.size(), MAX_BYTES));
            file.read(content, 0);
            return Optional.of(Document.read(content.array(), DirectoryIdentity.class, path.toString()));
        }
    }

    /**
     * Checks that {@code found} agree with the cluster and the broker.
     *
     * @return the directory id they have; empty if all directories are new
     * @throws BrokerStartException if they do not
     */
    static Optional<UUID> check(List<DirectoryIdentity> found, List<Path> directories, String clusterId, int brokerId) {
        for (DirectoryIdentity each : found) {
            if (!each.clusterId.equals(clusterId)) {
                throw new BrokerStartException(
                        "The data in " + directories + " belongs to cluster " + each.clusterId + ", ZooKeeper's is "
                                + clusterId,
                        "Check zookeeper.connect and log.dirs");
            }
            if (each.brokerId != brokerId || !each.directoryId.equals(found.get(0).directoryId)) {
                throw new BrokerStartException(
                        "The data in " + directories + " belongs to broker " + each.brokerId + ", this is broker "
                                + brokerId,
                        "Check broker.id and log.dirs");
            }
        }
        return found.stream().map(DirectoryIdentity::directoryId).findFirst();
    }

    /** Writes this into each of {@code directories} that does not have it. */
    void writeTo(Disk disk, List<Path> directories) {
        for (Path directory : directories) {
            Path path = directory.resolve(FILE);
            if (!disk.exists(path)) {
                write(disk, directory, path);
            }
        }
    }

    private void write(Disk disk, Path directory, Path path) {
        Path fresh = directory.resolve(FILE + ".new");
        disk.delete(fresh);
        try (DiskFile file = disk.open(fresh, Disk.Access.CREATE)) {
            file.write(Unpooled.wrappedBuffer(Document.write(this)), 0);
            file.force();
        }
        disk.rename(fresh, path);
        disk.syncDirectory(directory);
    }
}
