package io.millstream.broker.controller;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Commits decisions, each multi under the fence of a controller's term. Keeps nothing. */
final class Commits {

    private final Coordination coordination;

    Commits(Coordination coordination) {
        this.coordination = coordination;
    }

    /**
     * Commits all multis one after the other.
     *
     * @return whether nothing had to be left out; fails with the first multi that fails, without those behind it
     */
    CompletableFuture<Boolean> commit(Decision decision, Tenure tenure) {
        return commit(decision, tenure, 0, true);
    }

    private CompletableFuture<Boolean> commit(Decision decision, Tenure tenure, int from, boolean complete) {
        if (from == decision.multis().size()) {
            return CompletableFuture.completedFuture(complete);
        }
        List<Write> steps = decision.multis().get(from);
        CompletableFuture<Boolean> done = decision.eachAlone()
                ? commitEach(steps, tenure, true)
                : coordination.commit(tenure.guard(steps)).thenApply(versions -> true);
        return done.thenCompose(all -> commit(decision, tenure, from + 1, complete && all));
    }

    /** Leaves out whatever is in the way of the others. Each round has one step less, so there is an end. */
    private CompletableFuture<Boolean> commitEach(List<Write> steps, Tenure tenure, boolean complete) {
        if (steps.isEmpty()) {
            return CompletableFuture.completedFuture(complete);
        }
        return coordination
                .commit(tenure.guard(steps))
                .thenApply(versions -> complete)
                .exceptionallyCompose(failure -> inTheWay(failure)
                        .map(path -> commitEach(without(steps, path), tenure, false))
                        .orElseGet(() -> CompletableFuture.failedFuture(failure)));
    }

    private static List<Write> without(List<Write> steps, String path) {
        List<Write> rest = new ArrayList<>(steps);
        rest.removeIf(step -> step.path().equals(path));
        return rest;
    }

    /** The znode that was not as expected, unless it was the fence. */
    private static Optional<String> inTheWay(Throwable failure) {
        return CoordinationException.in(failure)
                .filter(conflict -> conflict.reason() == Reason.CONFLICT)
                .flatMap(CoordinationException::path)
                .filter(path -> !path.equals(Paths.CONTROLLER_EPOCH));
    }
}
