package io.millstream.broker;

import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.PartitionListener;
import io.millstream.core.Loop;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at logs that somebody could not read, or could not use what was read: only what fails its checksum, or is not what
 * the rest of the log lets expect, is damage. On a loop that may block.
 */
final class Inspector implements PartitionListener {

    private static final Logger log = LoggerFactory.getLogger(Inspector.class);

    private final Loop loop;
    private final Runnable found;
    private final Set<Partition> underWay = ConcurrentHashMap.newKeySet();

    /** @param found called when a log has turned out to be damaged, which the partition says then */
    Inspector(Loop loop, Runnable found) {
        this.loop = loop;
        this.found = found;
    }

    @Override
    public void suspected(Partition partition, long offset, int bytes) {
        if (partition.damage().isEmpty() && underWay.add(partition)) {
            try {
                loop.execute(() -> inspect(partition, offset, bytes));
            } catch (RejectedExecutionException closed) {
                log.debug("The broker is stopping: a log is not looked at", closed);
            }
        }
    }

    private void inspect(Partition partition, long offset, int bytes) {
        try {
            long upTo = partition.log().verify(offset, Long.MAX_VALUE, Math.max(1, bytes));
            log.debug("{} is as it was written from offset {} to {}", partition.id(), offset, upTo);
        } catch (StorageException e) {
            if (e.kind() == Kind.DAMAGED) {
                log.error("The log of {} is damaged: {}", partition.id(), e.getMessage());
                partition.damaged(e);
                found.run();
            } else {
                log.info("{} cannot be looked at: {}", partition.id(), e.getMessage());
            }
        } finally {
            underWay.remove(partition);
        }
    }
}
