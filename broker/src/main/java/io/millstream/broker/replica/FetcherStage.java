package io.millstream.broker.replica;

import io.millstream.broker.log.PartitionLog;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connections;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a fetcher does its work.
 *
 * @param loop decides
 * @param appender appends to a log what was fetched: the page cache is quick, but a disk that is not must hold up its own
 *     logs only, so each data directory has an executor of its own. Where there is one directory there is nobody to be held
 *     up, and the loop itself does it, without a hand-over
 * @param worker does what waits for the disk: truncations, and what begins with a new term
 * @param throttle what replicas that are not in sync may take
 * @param incarnations of this broker's replicas, as it is registered
 */
record FetcherStage(
        FetchSettings settings,
        Connections connections,
        Clock clock,
        Loop loop,
        Function<PartitionLog, Executor> appender,
        Function<TopicPartition, Executor> worker,
        ReplicationThrottle throttle,
        ToLongFunction<TopicPartition> incarnations) {

    private static final Logger log = LoggerFactory.getLogger(FetcherStage.class);

    /** Runs {@code task} on the loop: at once if that is where the caller is, else soon. */
    void onLoop(Runnable task) {
        if (loop.owned()) {
            task.run();
        } else {
            post(task);
        }
    }

    /** Runs {@code task} on the loop, soon. */
    void post(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: it follows no more", closed);
        }
    }
}
