package io.millstream.broker.simulation;

import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;

/** A process: threads that stop and go on together, and end together. Guarded by the scheduler's monitor. */
public final class SimProcess {

    private final SimScheduler scheduler;
    private final String name;
    private final List<SimLoop> loops = new ArrayList<>();
    private final List<Runnable> atDeath = new ArrayList<>();
    private Runnable watch = () -> {};
    private boolean paused;
    private boolean dead;

    /** A new process, without a machine. */
    public static SimProcess of(SimScheduler scheduler, String name) {
        return new SimProcess(scheduler, name);
    }

    SimProcess(SimScheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.name = name;
    }

    /** A new thread. */
    SimLoop loop(String called) {
        SimLoop loop = new SimLoop(scheduler, this, called);
        loops.add(loop);
        return loop;
    }

    /** As {@link #loop}, for whoever asks for a {@link Loop}. */
    public Loop thread(String called) {
        return loop(called);
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    boolean runs() {
        return !paused && !dead;
    }

    public boolean isDead() {
        return dead;
    }

    public boolean isPaused() {
        return paused;
    }

    /** SIGSTOP: nothing runs, but the world goes on sending. */
    void pause() {
        paused = true;
        loops.forEach(scheduler::update);
    }

    /** SIGCONT. */
    void resume() {
        paused = false;
        loops.forEach(scheduler::update);
    }

    /** SIGKILL. */
    void die() {
        if (!dead) {
            dead = true;
            loops.forEach(scheduler::update);
            List.copyOf(atDeath).forEach(Runnable::run);
        }
    }

    /** Calls {@code what} when the process dies. */
    void atDeath(Runnable what) {
        atDeath.add(what);
    }

    /** Calls {@code what} after each task of this process. */
    void afterEach(Runnable what) {
        watch = what;
    }

    void look() {
        watch.run();
    }

    @Override
    public String toString() {
        return name;
    }
}
