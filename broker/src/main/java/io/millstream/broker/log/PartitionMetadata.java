package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Whose log a directory holds.
 *
 * @param partition must fit the directory's name
 * @param topicId tells a topic from an earlier one of the same name
 */
record PartitionMetadata(TopicPartition partition, UUID topicId) {

    static final Checkpoint FILE = new Checkpoint("partition", 1);

    /** @throws StorageException of kind {@link Kind#DAMAGED} if the file is missing, damaged, or another partition's */
    static PartitionMetadata load(Disk disk, Path directory, TopicPartition expected) {
        Path file = directory.resolve(LogFiles.METADATA);
        List<String> lines = FILE.read(disk, file)
                .orElseThrow(() -> new StorageException(
                        Kind.DAMAGED, file, "missing or damaged: the log cannot be attributed to a topic"));
        try {
            TopicPartition partition = new TopicPartition(lines.get(0), Integer.parseInt(lines.get(1)));
            if (!partition.equals(expected)) {
                throw new StorageException(Kind.DAMAGED, file, "belongs to " + partition);
            }
            return new PartitionMetadata(partition, UUID.fromString(lines.get(2)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new StorageException(Kind.DAMAGED, file, "holds nonsense: " + lines, e);
        }
    }

    /** Tells this log from any other, also from that of an earlier topic of the same name. */
    String owner() {
        return partition.topic().value() + " " + partition.partition() + " " + topicId;
    }

    /** As {@link #owner}, where there is little room; never {@link ProducerLedger#ANYBODY}. */
    long ownerHash() {
        CRC32C crc = new CRC32C();
        crc.update(owner().getBytes(StandardCharsets.UTF_8));
        long hash = topicId.getMostSignificantBits() ^ Long.rotateLeft(topicId.getLeastSignificantBits(), 17);
        return (hash ^ (crc.getValue() << 1)) | 1;
    }

    /** In a directory that nobody knows yet; its name is not on disk when this returns. */
    void make(Disk disk, Path directory) {
        FILE.writeNew(
                disk,
                directory.resolve(LogFiles.METADATA),
                List.of(partition.topic().value(), Integer.toString(partition.partition()), topicId.toString()));
    }
}
