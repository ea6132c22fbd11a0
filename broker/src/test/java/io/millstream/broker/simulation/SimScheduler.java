package io.millstream.broker.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * The one time line of a simulation: runs one task after the other, each chosen by a seed among those that could run now,
 * and moves time on when none can. The same seed makes the same choices, whatever the machine.
 *
 * <p>Everything that belongs to a simulation is guarded by its scheduler's monitor. A simulation has one thread; the monitor
 * is there for tests that drive one from a thread of their own.
 */
public final class SimScheduler {

    /** What a task costs, in ns of simulated time; at most. */
    private static final int TASK_NANOS = 20_000;

    /** A thread that others crowd out, or the collector stops, for at most so long. */
    private static final int STALL_MILLIS = 300;

    private static final long MILLION = 1_000_000;

    private record Timed(long at, long order, SimLoop loop, SimLoop.Task task) {}

    private final Random random;
    private final PriorityQueue<Timed> timed =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));
    private final List<SimLoop> runnable = new ArrayList<>();
    private final SimProcess world = new SimProcess(this, "world");
    private final SimLoop worldLoop = world.loop("world");
    private long nanos;
    private long order;
    private long trace;
    private long tasks;
    private int loops;
    private int stallOneIn = Integer.MAX_VALUE;
    private SimLoop current;
    private Throwable failure;
    private List<String> journal; // null while nobody keeps one

    /** @param seed decides everything that is left to chance */
    public SimScheduler(long seed) {
        random = new Random(seed);
    }

    /** The randomness of this simulation. */
    public Random random() {
        return random;
    }

    /** Simulated time in ns since the beginning. */
    public synchronized long nanos() {
        return nanos;
    }

    /** Simulated time in ms since the beginning. */
    public long millis() {
        return nanos() / MILLION;
    }

    /** A number in {@code [from, to)}. */
    public int between(int from, int to) {
        return from + random.nextInt(to - from);
    }

    /** Whether something happens that has this probability. */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** About one in so many tasks finds its thread stalled for a while. */
    public void stallOneIn(int many) {
        stallOneIn = many;
    }

    /** What a loop that is not a process's runs on: networks, ZooKeeper, fate. */
    SimLoop world() {
        return worldLoop;
    }

    /** Lets something happen in the world after a while. */
    public void after(long delayNanos, Runnable what) {
        worldLoop.later(what, delayNanos);
    }

    /** Lets something happen in the world after a while. */
    public void afterMillis(long delayMillis, Runnable what) {
        after(delayMillis * MILLION, what);
    }

    int nextLoop() {
        return loops++;
    }

    SimLoop current() {
        return current;
    }

    /** Runs {@code body} as if on {@code loop}. */
    void on(SimLoop loop, Runnable body) {
        SimLoop before = current;
        current = loop;
        try {
            body.run();
        } finally {
            current = before;
        }
    }

    synchronized void at(long delayNanos, SimLoop loop, SimLoop.Task task) {
        timed.add(new Timed(nanos + Math.max(0, delayNanos), order++, loop, task));
    }

    /** Says whether a loop has something to do now. */
    synchronized void update(SimLoop loop) {
        boolean can = loop.canRun();
        if (can && loop.place < 0) {
            loop.place = runnable.size();
            runnable.add(loop);
        } else if (!can && loop.place >= 0) {
            SimLoop last = runnable.remove(runnable.size() - 1);
            if (last != loop) {
                runnable.set(loop.place, last);
                last.place = loop.place;
            }
            loop.place = -1;
        }
    }

    /** Runs the next task, or moves time on to the next one that is due; false if there is none at all. */
    public synchronized boolean step() {
        arrive();
        if (runnable.isEmpty()) {
            if (timed.isEmpty()) {
                return false;
            }
            nanos = Math.max(nanos, timed.peek().at);
            arrive();
        }
        if (!runnable.isEmpty()) {
            run(runnable.get(random.nextInt(runnable.size())));
        }
        return true;
    }

    private void arrive() {
        while (!timed.isEmpty() && timed.peek().at <= nanos) {
            Timed due = timed.remove();
            due.loop.enqueue(due.task);
        }
    }

    private void run(SimLoop loop) {
        if (stallOneIn != Integer.MAX_VALUE && loop != worldLoop && random.nextInt(stallOneIn) == 0) {
            loop.stall(random.nextInt(STALL_MILLIS) * MILLION);
            return;
        }
        nanos += random.nextInt(TASK_NANOS);
        tasks++;
        if (journal != null) {
            journal.add(nanos + " " + loop);
        }
        trace = (trace ^ loop.number) * 0x100000001b3L + nanos;
        on(loop, loop::runOne);
    }

    /** Runs until {@code millis} of simulated time have passed; throws what a task threw, if one did. */
    public void runFor(long millis) {
        long end = nanos() + millis * MILLION;
        after(millis * MILLION, () -> {});
        while (nanos() < end && step()) {
            rethrow();
        }
        rethrow();
    }

    /** Remembers the first failure of a task, which {@link #runFor} throws. */
    void failed(Throwable first) {
        failure = failure == null ? first : failure;
    }

    private void rethrow() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new AssertionError("A task failed: " + failure, failure);
        }
    }

    /** Notes every step from now on: to find where two runs part. */
    void keepJournal(List<String> into) {
        journal = into;
    }

    /** Something that two runs have in common only if they went the same way. */
    public synchronized long trace() {
        return trace;
    }

    /** How many tasks have run. */
    public synchronized long tasks() {
        return tasks;
    }
}
