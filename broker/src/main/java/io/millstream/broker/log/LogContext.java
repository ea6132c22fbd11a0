package io.millstream.broker.log;

import io.millstream.core.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the logs of one data directory share.
 *
 * @param disk the directory's, which goes offline with it
 * @param worker runs what takes long
 * @param flusher forces logs to disk
 */
record LogContext(Disk disk, Clock clock, Executor worker, Flusher flusher) {

    private static final Logger log = LoggerFactory.getLogger(LogContext.class);

    /**
     * Runs something on the worker; drops it if the directory is being closed: the next start does what is left.
     *
     * @return whether it will be run
     */
    boolean later(Runnable task) {
        try {
            worker.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("Left for the next start, the data directory is closing", e);
            return false;
        }
    }
}
