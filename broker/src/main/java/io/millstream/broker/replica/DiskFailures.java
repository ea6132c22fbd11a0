package io.millstream.broker.replica;

import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogDirectory;
import io.millstream.broker.log.PartitionLog;
import io.millstream.wire.ErrorCode;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the partitions of a data directory offline when its disk has failed, and tells those who wait for them. Safe for
 * use by several threads.
 */
public final class DiskFailures {

    private static final Logger log = LoggerFactory.getLogger(DiskFailures.class);

    private final Partitions partitions;
    private final Executor executor;

    /** @param executor runs what the thread that meets a failure must not: it may hold a partition's locks */
    public DiskFailures(Partitions partitions, Executor executor) {
        this.partitions = partitions;
        this.executor = executor;
    }

    /** Looks after the directories from now on. */
    public void watch(LogDirectories logs) {
        for (LogDirectory directory : logs.directories()) {
            directory.onFailure(cause -> {
                try {
                    executor.execute(() -> stopAll(directory));
                } catch (RejectedExecutionException closed) {
                    log.debug("The broker is stopping: its partitions need not be stopped", closed);
                }
            });
        }
    }

    private void stopAll(LogDirectory directory) {
        Set<PartitionLog> lost = Set.copyOf(directory.logs());
        for (Partition partition : partitions.all()) {
            if (lost.contains(partition.log())) {
                log.error("Partition {} is offline with {}", partition.id(), directory.path());
                partition.stop(ErrorCode.KAFKA_STORAGE_ERROR);
            }
        }
    }
}
