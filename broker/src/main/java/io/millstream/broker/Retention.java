package io.millstream.broker;

import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.core.Loop;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets every partition delete what its topic's settings no longer keep, forget idle producers and close idle files, again
 * and again. Lives on a loop it may block.
 */
final class Retention {

    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    private final Partitions partitions;
    private final Loop loop;
    private final long intervalMillis;
    private final IntSupplier producerExpiryMillis;

    /** @param producerExpiryMillis how long idle producers are remembered; asked for each time */
    Retention(Partitions partitions, Loop loop, long intervalMillis, IntSupplier producerExpiryMillis) {
        this.partitions = partitions;
        this.loop = loop;
        this.intervalMillis = intervalMillis;
        this.producerExpiryMillis = producerExpiryMillis;
    }

    void start() {
        loop.schedule(this::tick, intervalMillis, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            partitions.all().forEach(this::apply);
        } finally {
            start();
        }
    }

    /** Nothing above the high watermark goes: it may still be taken back. */
    private void apply(Partition partition) {
        try {
            long bytes = partition.log().applyRetention(partition.highWatermark());
            if (bytes > 0) {
                log.info("Deleted {} bytes of {} by its retention", bytes, partition.id());
            }
            partition.log().expireProducers(producerExpiryMillis.getAsInt(), partition.highWatermark());
            partition.log().closeIdleFiles();
        } catch (StorageException e) {
            log.error("Retention of {} failed: {}", partition.id(), e.getMessage());
        }
    }
}
