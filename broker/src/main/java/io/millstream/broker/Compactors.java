package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.log.Compaction;
import io.millstream.broker.replica.Partitions;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The compactor as the settings want it: another one takes its place when they change. Safe for use by several threads. */
final class Compactors implements AutoCloseable {

    private final Partitions partitions;
    private final Clock clock;
    private final Function<String, Loop> loops;

    private Wish running; // null while there is none; guarded by this, as what follows
    private Compactor compactor;
    private boolean closed;

    /** @param loops makes a thread of work from its name */
    Compactors(Partitions partitions, Clock clock, Function<String, Loop> loops) {
        this.partitions = partitions;
        this.clock = clock;
        this.loops = loops;
    }

    /** What the settings say about compaction. */
    private record Wish(
            int broker, int threads, long memoryBytes, double loadFactor, double bytesPerSecond, long backoffMillis) {

        static Wish of(BrokerConfig config) {
            return new Wish(
                    config.get(BrokerSettings.BROKER_ID),
                    config.get(BrokerSettings.LOG_CLEANER_THREADS),
                    config.get(BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE),
                    config.get(BrokerSettings.LOG_CLEANER_IO_BUFFER_LOAD_FACTOR),
                    config.get(BrokerSettings.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND),
                    config.get(BrokerSettings.LOG_CLEANER_BACKOFF_MS));
        }
    }

    /** Compacts as {@code config} says from now on. A pass under way is given up if that is not as before. Blocks for a step. */
    synchronized void follow(BrokerConfig config) {
        Wish wish = Wish.of(config);
        if (closed || wish.equals(running) || !config.get(BrokerSettings.LOG_CLEANER_ENABLE)) {
            return;
        }
        stop();
        List<Loop> threads = IntStream.range(0, wish.threads())
                .mapToObj(number -> loops.apply("millstream-" + wish.broker() + "-compactor-" + number))
                .toList();
        Compaction.Memory memory = new Compaction.Memory(wish.memoryBytes() / wish.threads(), wish.loadFactor());
        compactor = new Compactor(
                partitions, threads, memory, new Throttle(wish.bytesPerSecond(), clock), wish.backoffMillis());
        running = wish;
        compactor.start();
    }

    private void stop() {
        if (compactor != null) {
            compactor.close();
            compactor = null;
            running = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop();
    }
}
