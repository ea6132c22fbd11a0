package io.millstream.hadoop.ingest.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a driver and its tasks live, counted in calls that change something. At the chosen call, before it or after it, all
 * of them die at once: nothing they do from then on has any effect. Safe for use by several threads.
 */
public final class Mortality {

    /** Everything is over. Nobody may catch it. */
    public static final class Death extends Error {

        private static final long serialVersionUID = 1L;

        Death(String call) {
            super("died at " + call);
        }
    }

    /** Whether the deadly call is still applied. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    /** Something that may fail as file systems do. */
    @FunctionalInterface
    public interface Call<T> {
        T make() throws IOException;
    }

    private final int deadlyCall;
    private final Moment moment;
    private final Runnable end;
    private final List<String> calls = new ArrayList<>();
    private volatile boolean dead;

    /**
     * @param deadlyCall the call to die at, from 1; 0 for never
     * @param end what dying is, before everything else fails; may not return
     */
    public Mortality(int deadlyCall, Moment moment, Runnable end) {
        this.deadlyCall = deadlyCall;
        this.moment = moment;
        this.end = end;
    }

    public static Mortality immortal() {
        return new Mortality(0, Moment.BEFORE, () -> {});
    }

    /** A call that changes something. One at a time, so that a run can be replayed by number. */
    public synchronized <T> T mutate(String name, Call<T> call) throws IOException {
        look();
        calls.add(name);
        boolean deadly = calls.size() == deadlyCall;
        if (deadly && moment == Moment.BEFORE) {
            die(name);
        }
        T result = call.make();
        if (deadly) {
            die(name);
        }
        return result;
    }

    /** A call that changes nothing. */
    public void look() {
        if (dead) {
            throw new Death("an earlier call");
        }
    }

    private void die(String name) {
        dead = true;
        end.run();
        throw new Death(name);
    }

    public boolean isDead() {
        return dead;
    }

    /** The names of all calls so far. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }
}
