package io.millstream.hadoop.ingest.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How long a driver and its tasks live, counted in calls that change something. At the chosen call, before it or after it, all
 * of them die at once: nothing they do from then on has any effect. Safe for use by several threads.
 *
 * <p>Calls are told apart by their names, with {@code #2}, {@code #3} and so on for the next ones of the same name, and not by
 * their number among all: driver and task work at the same time, so that their calls mix differently from run to run.
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

    private static final Pattern OF_ONE_RUN = Pattern.compile(
            "\\d{8}T\\d{6}Z-[0-9a-f]{8}|(?<=attempt_local)\\d+_\\d+(?=_m)|(?<=/(?:ingest|consumers)/)[^/]+");

    private final String deadlyCall;
    private final Moment moment;
    private final Runnable end;
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Integer> timesCalled = new HashMap<>();
    private volatile boolean dead;

    /**
     * @param deadlyCall the call to die at, as {@link #calls} has it; null for never
     * @param end what dying is, before everything else fails
     */
    public Mortality(String deadlyCall, Moment moment, Runnable end) {
        this.deadlyCall = deadlyCall;
        this.moment = moment;
        this.end = end;
    }

    public static Mortality immortal() {
        return new Mortality(null, Moment.BEFORE, () -> {});
    }

    /** A call that changes something. One at a time, so that nothing is half done when all die. */
    public synchronized <T> T mutate(String what, Call<T> call) throws IOException {
        look();
        String kind = OF_ONE_RUN.matcher(what).replaceAll("*");
        int times = timesCalled.merge(kind, 1, Integer::sum);
        String name = times == 1 ? kind : kind + " #" + times;
        calls.add(name);
        boolean deadly = name.equals(deadlyCall);
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

    /** The names of all calls so far, the same for every run that does the same. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }
}
