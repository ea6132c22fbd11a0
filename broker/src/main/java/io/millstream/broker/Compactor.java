package io.millstream.broker;

import io.millstream.broker.log.Compaction;
import io.millstream.broker.log.CompactionNeed;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.core.Loop;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the partitions whose topics want it, the most urgent first, again and again. Each of its loops works on one
 * partition at a time, in short steps; between them it pauses as the throttle says. Nothing else runs on them.
 */
final class Compactor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Compactor.class);

    /** Bytes moved between two looks at the throttle: little enough to stop soon. */
    private static final int STEP_BYTES = 1 << 20;

    /** Steps that move nothing, such as exchanges of files, also end some time. */
    private static final int STEP_BATCHES = 1000;

    private final Partitions partitions;
    private final List<Worker> workers;
    private final Compaction.Memory memory;
    private final Throttle throttle;
    private final long backoffMillis;

    /** Logs whose last pass failed: the others come first. */
    private final Set<PartitionLog> troubled = ConcurrentHashMap.newKeySet();

    /**
     * @param loops which it closes
     * @param memory that each loop may take
     */
    Compactor(
            Partitions partitions, List<Loop> loops, Compaction.Memory memory, Throttle throttle, long backoffMillis) {
        this.partitions = partitions;
        this.workers = loops.stream().map(Worker::new).toList();
        this.memory = memory;
        this.throttle = throttle;
        this.backoffMillis = backoffMillis;
    }

    void start() {
        workers.forEach(worker -> worker.later(worker::look, backoffMillis));
    }

    private record Candidate(Partition partition, CompactionNeed need) {}

    /** One loop, and the pass it is on. */
    private final class Worker {

        private final Loop loop;
        private Compaction pass; // null while there is none

        Worker(Loop loop) {
            this.loop = loop;
        }

        void later(Runnable task, long millis) {
            loop.schedule(task, millis, TimeUnit.MILLISECONDS);
        }

        void look() {
            try {
                pass = begin().orElse(null);
            } finally {
                later(pass == null ? this::look : this::step, pass == null ? backoffMillis : 0);
            }
        }

        void step() {
            long bytes = 0;
            boolean over = true;
            long pause = backoffMillis;
            try {
                for (int i = 0; i < STEP_BATCHES && bytes < STEP_BYTES && !pass.done(); i++) {
                    bytes += pass.advance();
                }
                over = pass.done();
                pause = throttle.pauseMillis(bytes);
                if (over) {
                    troubled.remove(pass.log());
                    tell(pass);
                }
            } catch (StorageException e) {
                troubled.add(pass.log());
                failed(pass, e);
            } finally {
                if (over) {
                    end();
                }
                later(over ? this::look : this::step, pause);
            }
        }

        void end() {
            Compaction ended = pass;
            pass = null;
            if (ended != null) {
                try {
                    ended.close();
                } catch (StorageException e) {
                    log.warn(
                            "What compaction left of {} stays until a restart: {}",
                            ended.log().partition(),
                            e.getMessage());
                }
            }
        }
    }

    /** A pass over the most urgent log for which none is under way. */
    private Optional<Compaction> begin() {
        troubled.removeIf(each -> partitions
                .find(each.partition())
                .filter(partition -> partition.log() == each)
                .isEmpty());
        List<Candidate> due = partitions.all().stream()
                .map(partition -> new Candidate(partition, need(partition)))
                .filter(candidate -> candidate.need.due())
                .sorted(Comparator.comparing((Candidate each) -> troubled.contains(each.partition.log()))
                        .thenComparing(Candidate::need, CompactionNeed.BY_URGENCY.reversed()))
                .toList();
        for (Candidate each : due) {
            Optional<Compaction> begun = begin(each.partition);
            if (begun.isPresent()) {
                return begun;
            }
        }
        return Optional.empty();
    }

    private static CompactionNeed need(Partition partition) {
        try {
            return partition.log().compactionNeed(partition.highWatermark());
        } catch (StorageException e) {
            report(partition.log(), e);
            return CompactionNeed.NONE;
        }
    }

    private Optional<Compaction> begin(Partition partition) {
        try {
            return partition.log().compact(partition.highWatermark(), memory);
        } catch (StorageException e) {
            report(partition.log(), e);
            return Optional.empty();
        }
    }

    private static void tell(Compaction pass) {
        Compaction.Outcome outcome = pass.outcome();
        log.info(
                "Compacted {} up to offset {}: {} bytes became {}",
                pass.log().partition(),
                outcome.upToOffset(),
                outcome.bytesBefore(),
                outcome.bytesAfter());
    }

    /** Damage has been told of where it was found. */
    private static void failed(Compaction pass, StorageException e) {
        if (e.kind() != Kind.DAMAGED) {
            report(pass.log(), e);
        }
    }

    private static void report(PartitionLog of, StorageException e) {
        if (e.kind() == Kind.CLOSED) {
            log.debug("Compaction of {} ends: {}", of.partition(), e.getMessage());
        } else {
            log.error("Compaction of {} failed: {}", of.partition(), e.getMessage());
        }
    }

    /** Ends after the step that each loop is at. What was not swapped in is dropped. */
    @Override
    public void close() {
        workers.forEach(worker -> worker.loop.close());
        workers.forEach(Worker::end);
    }
}
