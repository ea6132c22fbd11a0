package io.millstream.broker.server.handler;

import io.millstream.broker.server.Attachments;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A request on a loop whose tasks can be counted, and run when the test says so. For one thread. */
final class QueuedContext extends TestRequest implements Loop {

    private static final int MOST_TASKS = 100;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Runnable> timers = new CopyOnWriteArrayList<>();

    QueuedContext(ApiKey api) {
        super(api);
    }

    /** Runs what waits, and what that adds, up to a bound; returns how many tasks that were. */
    int run() {
        int count = 0;
        for (Runnable task = tasks.poll(); task != null && count < MOST_TASKS; task = tasks.poll()) {
            task.run();
            count++;
        }
        return count;
    }

    /** Lets all time pass that is waited for. */
    void expire() {
        timers.forEach(Runnable::run);
        run();
    }

    @Override
    public Attachments attachments() {
        throw new AssertionError("Nothing is kept for a connection here");
    }

    @Override
    public Loop loop() {
        return this;
    }

    @Override
    public Clock clock() {
        return Clock.system();
    }

    @Override
    public boolean mayWait() {
        return true;
    }

    @Override
    public void onHurry(Runnable task) {
        // the broker of this test stays
    }

    @Override
    public void onAbandon(Runnable task) {
        // the peer stays
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delay, TimeUnit unit) {
        timers.add(task);
        return () -> timers.remove(task);
    }

    @Override
    public boolean owned() {
        return true;
    }

    @Override
    public void close() {
        tasks.clear();
    }
}
