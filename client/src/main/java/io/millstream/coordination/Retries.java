package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that change nothing, or nothing more when made twice: made again after each loss of the connection, on the
 * connection or session that comes next, for a while.
 */
final class Retries implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Retries.class);
    private static final long PAUSE_MILLIS = 50;

    /** One asynchronous call; {@code answer} is called exactly once. */
    @FunctionalInterface
    interface Call<T> {
        void start(ZooKeeper zooKeeper, BiConsumer<Code, T> answer);
    }

    private final Supplier<ZooKeeper> handle;
    private final Loop loop;
    private final Clock clock;
    private final long patienceNanos;
    private final Set<Task<?>> unanswered = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param handle ZooKeeper's client as it is now
     * @param patienceNanos after how long a call is not made again
     */
    Retries(Supplier<ZooKeeper> handle, Loop loop, Clock clock, long patienceNanos) {
        this.handle = handle;
        this.loop = loop;
        this.clock = clock;
        this.patienceNanos = patienceNanos;
    }

    /**
     * Makes the call until it is answered.
     *
     * @param what names it in messages
     */
    <T> CompletableFuture<T> retrying(String what, String path, Call<T> call) {
        Task<T> task = new Task<>(what, path, call);
        unanswered.add(task);
        task.attempt();
        return task.result;
    }

    /** Fails what is unanswered, and whatever comes later. Close the loop and the client first. */
    @Override
    public void close() {
        closed = true;
        unanswered.forEach(task -> task.fail(Code.SESSIONEXPIRED));
    }

    private final class Task<T> {
        private final String what;
        private final String path;
        private final Call<T> call;
        private final long deadlineNanos = clock.nanos() + patienceNanos;
        private final CompletableFuture<T> result = new CompletableFuture<>();

        private Task(String what, String path, Call<T> call) {
            this.what = what;
            this.path = path;
            this.call = call;
        }

        private void attempt() {
            if (closed) {
                fail(Code.SESSIONEXPIRED);
                return;
            }
            try {
                call.start(handle.get(), this::answered);
            } catch (CoordinationException e) {
                log.debug("No session; {} will be tried again", what, e);
                answered(Code.SESSIONEXPIRED, null);
            } catch (IllegalArgumentException e) {
                fail(new CoordinationException(Reason.REFUSED, what + ": " + e.getMessage(), path, e));
            }
        }

        private void answered(Code code, T value) {
            if (code == Code.OK) {
                unanswered.remove(this);
                result.complete(value);
            } else if (Failures.isPassing(code) && !closed && clock.nanos() - deadlineNanos < 0) {
                loop.schedule(this::attempt, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                fail(code);
            }
        }

        private void fail(Code code) {
            fail(Failures.ofRead(code, what, path));
        }

        private void fail(CoordinationException failure) {
            unanswered.remove(this);
            result.completeExceptionally(failure);
        }
    }
}
