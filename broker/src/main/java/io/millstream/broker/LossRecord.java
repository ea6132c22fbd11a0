package io.millstream.broker;

import io.millstream.broker.log.Disk;
import io.millstream.broker.log.DiskFile;
import io.millstream.broker.log.StorageException;
import io.millstream.coordination.Document;
import io.millstream.core.TopicPartition;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code loss.json} in each data directory: what this broker had once and may have no more. Each later registration carries
 * it, so that nobody counts on those records.
 *
 * @param voidBefore {@link io.millstream.coordination.Versioned#createdZxid} of the registration under which records of all
 *     partitions may have been missing last; 0 if there was none
 * @param renewed topic and partition to the incarnation with which this broker's replica was last begun anew because its
 *     log was damaged
 */
record LossRecord(long voidBefore, SortedMap<String, SortedMap<Integer, Long>> renewed) {

    private static final Logger log = LoggerFactory.getLogger(LossRecord.class);
    private static final String FILE = "loss.json";
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    LossRecord {
        renewed = Collections.unmodifiableSortedMap(renewed == null ? new TreeMap<>() : new TreeMap<>(renewed));
    }

    /** The latest that is written in {@code directories}. */
    static LossRecord read(Disk disk, List<Path> directories) {
        LossRecord latest = new LossRecord(0, null);
        for (Path directory : directories) {
            Path path = directory.resolve(FILE);
            if (disk.exists(path)) {
                latest = latest.and(read(disk, path));
            }
        }
        return latest;
    }

    private LossRecord and(LossRecord other) {
        SortedMap<String, SortedMap<Integer, Long>> both = copy();
        other.renewed.forEach((topic, partitions) -> partitions.forEach((partition, incarnation) ->
                both.computeIfAbsent(topic, name -> new TreeMap<>()).merge(partition, incarnation, Math::max)));
        return new LossRecord(Math.max(voidBefore, other.voidBefore), both);
    }

    private SortedMap<String, SortedMap<Integer, Long>> copy() {
        SortedMap<String, SortedMap<Integer, Long>> copy = new TreeMap<>();
        renewed.forEach((topic, partitions) -> copy.put(topic, new TreeMap<>(partitions)));
        return copy;
    }

    private static LossRecord read(Disk disk, Path path) {
        try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.size(), MAX_BYTES));
            file.read(content, 0);
            return Document.read(content.array(), LossRecord.class, path.toString());
        }
    }

    /** The same once records of all partitions may be missing; that a replica was begun anew before says nothing more. */
    LossRecord ofAll(long registration) {
        SortedMap<String, SortedMap<Integer, Long>> later = copy();
        later.values().forEach(partitions -> partitions.values().removeIf(incarnation -> incarnation <= registration));
        later.values().removeIf(Map::isEmpty);
        return new LossRecord(registration, later);
    }

    /** The same once a replica was begun anew. */
    LossRecord of(TopicPartition id, long incarnation) {
        SortedMap<String, SortedMap<Integer, Long>> one = new TreeMap<>();
        one.put(id.topic().value(), new TreeMap<>(Map.of(id.partition(), incarnation)));
        return and(new LossRecord(voidBefore, one));
    }

    /** With which incarnation a replica was last begun anew; 0 if that is not known to have happened. */
    long renewed(TopicPartition id) {
        SortedMap<Integer, Long> ofTopic = renewed.get(id.topic().value());
        return ofTopic == null ? 0 : ofTopic.getOrDefault(id.partition(), 0L);
    }

    /** Writes this into each of {@code directories} that works. On disk when this returns. Returns in how many. */
    int writeTo(Disk disk, List<Path> directories) {
        int written = 0;
        for (Path directory : directories) {
            try {
                write(disk, directory);
                written++;
            } catch (StorageException e) { // another directory has it; without this one, records are missing anyway
                log.error("{} does not say that records may be missing: {}", directory, e.getMessage());
            }
        }
        return written;
    }

    private void write(Disk disk, Path directory) {
        Path fresh = directory.resolve(FILE + ".new");
        disk.delete(fresh);
        try (DiskFile file = disk.open(fresh, Disk.Access.CREATE)) {
            file.write(Unpooled.wrappedBuffer(Document.write(this)), 0);
            file.force();
        }
        disk.rename(fresh, directory.resolve(FILE));
        disk.syncDirectory(directory);
    }
}
