package io.millstream.broker.server;

import io.millstream.core.Loop;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Netty event loop as the rest of the broker sees it.
 *
 * @param eventLoop belongs to the {@link NetworkServer}, which stops it
 */
record ConnectionLoop(EventLoop eventLoop) implements Loop {

    private static final Logger log = LoggerFactory.getLogger(ConnectionLoop.class);

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(() -> run(task));
    }

    @Override
    public Timer schedule(Runnable task, long delay, TimeUnit unit) {
        try {
            var scheduled = eventLoop.schedule(() -> run(task), delay, unit);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            log.debug("Event loop is closed; a scheduled task was dropped", closed);
            return () -> {};
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("A task failed", e);
        }
    }

    @Override
    public boolean owned() {
        return eventLoop.inEventLoop();
    }

    @Override
    public void close() {
        // see RequestContext.loop: the loop outlives its users
    }
}
