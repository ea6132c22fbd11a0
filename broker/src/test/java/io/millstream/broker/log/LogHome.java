package io.millstream.broker.log;

import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One log in a directory, without the data directory around it: opened, closed, killed and opened again. */
final class LogHome {

    static final TopicPartition PARTITION = new TopicPartition("clicks", 0);
    static final UUID TOPIC_ID = new UUID(1, 2);
    static final PartitionMetadata METADATA = new PartitionMetadata(PARTITION, TOPIC_ID);

    final ManualClock clock = new ManualClock(1_700_000_000_000L);
    final ManualLoop worker = new ManualLoop();
    final ManualLoop flusher = new ManualLoop();
    final DirectoryHealth health;
    final Disk disk;
    final Path directory;

    LogConfig config = LogConfig.DEFAULT;

    LogHome(Path root, Disk disk) {
        this.health = new DirectoryHealth(root);
        this.disk = new GuardedDisk(disk, health);
        this.directory = root.resolve(PARTITION.toString());
    }

    LogHome(Path root) {
        this(root, Disk.system());
    }

    LogHome segments(int bytes, int indexInterval) {
        config = config.with(new LogConfig.Rolling(bytes, config.rolling().segmentMillis(), indexInterval));
        return this;
    }

    /** Opens the log after a clean stop that left it so, or after none; makes it if it is not there. */
    PartitionLog open(Optional<ClosedLog> left) {
        LogContext context = new LogContext(disk, clock, worker, new Flusher(flusher));
        if (!disk.exists(directory)) {
            disk.createDirectories(directory);
            METADATA.make(disk, directory);
            LogJournal.make(disk, directory, METADATA, new LogState(0, 0));
            disk.syncDirectory(directory);
            disk.syncDirectory(directory.getParent());
        }
        Recovered recovered =
                new Recovery(context, directory).open(PartitionMetadata.load(disk, directory, PARTITION), left);
        return new PartitionLog(context, recovered, config);
    }

    /** Opens the log as after a kill. */
    PartitionLog open() {
        return open(Optional.empty());
    }

    /** Runs what waits for the worker and the flusher. */
    void work() {
        worker.run();
        flusher.run();
        worker.run();
    }

    /** Everything from {@code offset} on. */
    static List<TestBatches.Entry> readAll(PartitionLog log, long offset) {
        List<TestBatches.Entry> entries = new ArrayList<>();
        long next = offset;
        while (true) {
            LogSlice slice = log.read(next, 1 << 20, Long.MAX_VALUE, FirstBatch.ALWAYS);
            try {
                if (slice.isEmpty()) {
                    return entries;
                }
                ByteBuf bytes = slice.copy(TestBatches.HEAP);
                List<TestBatches.Entry> read = TestBatches.entries(bytes);
                for (TestBatches.Entry entry : read) {
                    if (entry.offset() >= next) {
                        entries.add(entry);
                    }
                }
                next = read.get(read.size() - 1).offset() + 1;
            } finally {
                slice.release();
            }
        }
    }

    /** Everything that can be read. */
    static List<TestBatches.Entry> readAll(PartitionLog log) {
        return readAll(log, log.view().startOffset());
    }
}
