package io.millstream.hadoop.ingest.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How long a driver and its tasks live, counted in calls that change something. At the chosen call, before it or after it, all
 * of them die at once, and nothing they do from then on has any effect; or they are paused and go on later. Safe for use by
 * several threads.
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

    private enum Fate {
        DIES,
        IS_PAUSED
    }

    /** Something that may fail as file systems do. */
    @FunctionalInterface
    public interface Call<T> {
        T make() throws IOException;
    }

    private static final Pattern OF_ONE_RUN = Pattern.compile(
            "\\d{8}T\\d{6}Z-[0-9a-f]{8}|(?<=attempt_local)\\d+_\\d+(?=_m)|(?<=^delete )\\d+$|(?<=/(?:ingest|consumers)/)[^/]+"
                    + "|job_\\d+_\\d+-[0-9a-f]{8}|(?<=(?:manifest|offsets)-)[0-9a-f]{16}|(?<=\\.json\\.)[0-9a-f]{8}");

    private final String chosenCall;
    private final Moment moment;
    private final Fate fate;
    private final Runnable event;
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Integer> timesCalled = new HashMap<>();
    private volatile boolean met;
    private volatile boolean dead;

    private Mortality(String chosenCall, Moment moment, Fate fate, Runnable event) {
        this.chosenCall = chosenCall;
        this.moment = moment;
        this.fate = fate;
        this.event = event;
    }

    /**
     * Who dies at a call.
     *
     * @param call as {@link #calls} has it
     * @param end what dying is, before everything else fails
     */
    public static Mortality dyingAt(String call, Moment moment, Runnable end) {
        return new Mortality(call, moment, Fate.DIES, end);
    }

    /**
     * Who is stopped at a call, as by a machine that stands still, and goes on as if nothing had been.
     *
     * @param meanwhile what happens until it goes on
     */
    public static Mortality pausedAt(String call, Moment moment, Runnable meanwhile) {
        return new Mortality(call, moment, Fate.IS_PAUSED, meanwhile);
    }

    public static Mortality immortal() {
        return new Mortality(null, Moment.BEFORE, Fate.DIES, () -> {});
    }

    /** A call that changes something. One at a time, so that nothing is half done when all die. */
    public synchronized <T> T mutate(String what, Call<T> call) throws IOException {
        look();
        String kind = OF_ONE_RUN.matcher(what).replaceAll("*");
        int times = timesCalled.merge(kind, 1, Integer::sum);
        String name = times == 1 ? kind : kind + " #" + times;
        calls.add(name);
        boolean chosen = name.equals(chosenCall);
        if (chosen && moment == Moment.BEFORE) {
            meetFate(name);
        }
        T result = call.make();
        if (chosen && moment == Moment.AFTER) {
            meetFate(name);
        }
        return result;
    }

    /** A call that changes nothing. */
    public void look() {
        if (dead) {
            throw new Death("an earlier call");
        }
    }

    private void meetFate(String name) {
        met = true;
        dead = fate == Fate.DIES;
        event.run();
        if (dead) {
            throw new Death(name);
        }
    }

    /** Whether the chosen call was reached. */
    public boolean metItsFate() {
        return met;
    }

    public boolean isDead() {
        return dead;
    }

    /** The names of all calls so far, the same for every run that does the same. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }
}
