package io.millstream.broker.replica;

import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Waits for whichever comes first of several partitions' movements, and then runs a task once on a loop.
 *
 * <p>Belongs to the loop, but for {@link #wake}.
 */
public final class Patience {

    private final Loop loop;
    private final Runnable task;
    private final List<Ticket> tickets = new ArrayList<>(1);
    private final AtomicBoolean woken = new AtomicBoolean();
    private boolean over;

    /** @param task what to do on the loop when something has moved */
    public Patience(Loop loop, Runnable task) {
        this.loop = loop;
        this.task = task;
    }

    /**
     * Waits for one more thing.
     *
     * @param place enters what it is given, which is to be called when that thing moves
     */
    public void await(Function<Runnable, Ticket> place) {
        tickets.add(place.apply(this::wake));
    }

    /** Says that something has moved. From any thread; only the first call counts. */
    public void wake() {
        if (woken.compareAndSet(false, true)) {
            loop.execute(this::run);
        }
    }

    /** Waits no longer; the task is not run any more. */
    public void cancel() {
        over = true;
        tickets.forEach(Ticket::cancel);
        tickets.clear();
    }

    private void run() {
        if (!over) {
            cancel();
            task.run();
        }
    }
}
