package io.millstream.broker.controller;

import io.millstream.coordination.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What to change in ZooKeeper: multis, committed one after the other, each guarded by the controller's fence. Where there
 * are several, the state between two of them is one that clients do not see and that another controller can clean up, or
 * one that is as good as the last.
 *
 * @param what for logs: what is decided, as in "create topic clicks"
 * @param multis never empty
 * @param touched what to read anew afterwards
 * @param eachAlone whether the steps are many only to save round trips: one whose znode changed meanwhile is left out, and
 *     decided upon anew, instead of holding up the others
 * @param warnings what a person should hear of it, once it is done
 */
record Decision(String what, List<List<Write>> multis, List<Part> touched, boolean eachAlone, List<String> warnings) {

    /** Steps and bytes that one multi may have: well below {@code jute.maxbuffer}, which is 1 MB. */
    static final int STEPS = 400;

    private static final int BYTES = 256 * 1024;
    private static final int STEP_OVERHEAD = 64;

    Decision {
        multis = List.copyOf(multis);
        touched = List.copyOf(touched);
        warnings = List.copyOf(warnings);
    }

    Decision(String what, List<List<Write>> multis, List<Part> touched) {
        this(what, multis, touched, false, List.of());
    }

    static Decision of(String what, List<Write> steps, List<Part> touched) {
        return new Decision(what, List.of(List.copyOf(steps)), touched);
    }

    /** Steps that have nothing to do with each other. */
    static Decision independent(String what, List<List<Write>> multis, List<Part> touched) {
        return new Decision(what, multis, touched, true, List.of());
    }

    Decision withWarnings(List<String> all) {
        return new Decision(what, multis, touched, eachAlone, all);
    }

    /** Whether {@code steps} fit one multi. */
    static boolean fits(Collection<Write> steps) {
        return steps.size() <= STEPS && steps.stream().mapToInt(Decision::bytes).sum() <= BYTES;
    }

    /** Cuts {@code steps} into multis, keeping the order. */
    static List<List<Write>> cut(List<Write> steps) {
        List<List<Write>> multis = new ArrayList<>();
        List<Write> multi = new ArrayList<>();
        int bytes = 0;
        for (Write step : steps) {
            if (multi.size() == STEPS || (bytes + bytes(step) > BYTES && !multi.isEmpty())) {
                multis.add(multi);
                multi = new ArrayList<>();
                bytes = 0;
            }
            multi.add(step);
            bytes += bytes(step);
        }
        if (!multi.isEmpty()) {
            multis.add(multi);
        }
        return multis;
    }

    private static int bytes(Write step) {
        int data = 0;
        if (step instanceof Write.Create create) {
            data = create.data().length;
        } else if (step instanceof Write.Update update) {
            data = update.data().length;
        }
        return step.path().getBytes(StandardCharsets.UTF_8).length + data + STEP_OVERHEAD;
    }
}
