package io.millstream.broker;

import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.core.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Writes the high watermarks of all partitions to disk now and then, and at the end. Works on a loop of its own. */
final class WatermarkKeeper implements AutoCloseable {

    private final Partitions partitions;
    private final LogDirectories logs;

    WatermarkKeeper(Partitions partitions, LogDirectories logs) {
        this.partitions = partitions;
        this.logs = logs;
    }

    /** @param loop may block; is closed before this */
    void start(Loop loop, long intervalMillis) {
        loop.schedule(
                () -> {
                    try {
                        save();
                    } finally {
                        start(loop, intervalMillis);
                    }
                },
                intervalMillis,
                TimeUnit.MILLISECONDS);
    }

    private void save() {
        Map<PartitionLog, Long> marks = new HashMap<>();
        for (Partition partition : partitions.all()) {
            marks.put(partition.log(), partition.highWatermark());
        }
        logs.saveHighWatermarks(marks);
    }

    @Override
    public void close() {
        save();
    }
}
