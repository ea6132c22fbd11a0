package io.millstream.schemas;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Write;
import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Makes changes, each whole or not at all. Those that are asked for while another is being made share the next commit: all
 * of a process would otherwise get in each other's way at the last id. Safe for use by several threads.
 */
final class Changes {

    private static final int MAX_TOGETHER = 64;
    private static final int MAX_TRIES = 1000;

    /** A change that somebody waits for. */
    private static final class Pending<T> {
        private final Change<T> change;
        private final CompletableFuture<T> outcome = new CompletableFuture<>();

        /** The result of a try whose answer was lost. */
        private Optional<T> uncertain = Optional.empty();

        /** What is the outcome once the draft is committed. */
        private T result;

        /** Why it cannot be made, as things are; null if it can. */
        private RuntimeException refusal;

        /** Whether it has to wait for the next draft. */
        private boolean later;

        /** Whether it was refused, or is done already, by what may be old: only if ZooKeeper knows nothing newer, it is. */
        private boolean doubtful;

        private Pending(Change<T> change) {
            this.change = change;
        }

        /** @param isSure whether the draft has all that anybody committed before this change was first refused */
        void plan(Draft draft, boolean isSure) {
            refusal = null;
            doubtful = false;
            try {
                Change.Plan<T> plan = change.plan(draft);
                later = plan instanceof Change.Plan.Later<T>;
                result = later ? null : result(plan);
                doubtful = !isSure && plan instanceof Change.Plan.Already<T>;
            } catch (SchemaException e) {
                refusal = e;
                doubtful = !isSure;
            } catch (CoordinationException e) {
                if (e.reason() != CoordinationException.Reason.REFUSED) {
                    throw e;
                }
                refusal = e; // a document that cannot be read, which others may not need
            }
        }

        private T result(Change.Plan<T> plan) {
            if (plan instanceof Change.Plan.Written<T> written) {
                return written.result();
            }
            if (plan instanceof Change.Plan.Found<T> found) {
                return found.result();
            }
            return uncertain.orElseGet(((Change.Plan.Already<T>) plan).otherwise());
        }

        void mayBeDone() {
            if (refusal == null && !later && uncertain.isEmpty()) {
                uncertain = Optional.of(result);
                change.mayBeDone();
            }
        }

        /** The draft is committed: that is the outcome, unless it has to wait for the next. */
        boolean settle() {
            if (doubtful) {
                return false;
            }
            if (refusal != null) {
                return outcome.completeExceptionally(refusal);
            }
            return !later && outcome.complete(result);
        }
    }

    private final Coordination coordination;
    private final Documents documents;
    private final Queue<Pending<?>> waiting = new ArrayDeque<>(); // guarded by itself; as long as there are callers
    private final Object committing = new Object();
    private boolean parentsMade; // guarded by committing

    Changes(Coordination coordination, Documents documents) {
        this.coordination = coordination;
        this.documents = documents;
    }

    /**
     * Makes a change, and waits until it is made.
     *
     * @throws SchemaException if it cannot be made
     * @throws CoordinationException if ZooKeeper failed; it may have been made
     */
    <T> T make(Change<T> change) {
        Pending<T> mine = new Pending<>(change);
        synchronized (waiting) {
            waiting.add(mine);
        }
        synchronized (committing) {
            while (!mine.outcome.isDone()) {
                makeAll(next());
            }
        }
        return outcome(mine);
    }

    private static <T> T outcome(Pending<T> mine) {
        try {
            return mine.outcome.join();
        } catch (CompletionException e) {
            // Thrown anew, since another thread may have failed by it.
            if (e.getCause() instanceof SchemaException cause) {
                throw new SchemaException(cause.reason(), cause.getMessage(), cause);
            }
            if (e.getCause() instanceof CoordinationException cause) {
                throw new CoordinationException(
                        cause.reason(), cause.getMessage(), cause.path().orElse(null), cause);
            }
            throw e;
        }
    }

    private List<Pending<?>> next() {
        List<Pending<?>> next = new ArrayList<>();
        synchronized (waiting) {
            while (!waiting.isEmpty() && next.size() < MAX_TOGETHER) {
                next.add(waiting.remove());
            }
        }
        return next;
    }

    private void makeAll(List<Pending<?>> open) {
        try {
            int together = open.size();
            for (int i = 0; i < MAX_TRIES && !open.isEmpty(); i++) {
                together = makeSome(open, Math.min(together, open.size())) ? open.size() : 1;
            }
            String others = "Others changed the schema registry each of " + MAX_TRIES + " times that this was tried";
            fail(open, new SchemaException(Reason.TIMED_OUT, others + ": try again", null));
        } catch (RuntimeException | Error e) {
            fail(open, e);
        }
    }

    private static void fail(List<Pending<?>> open, Throwable failure) {
        open.forEach(each -> each.outcome.completeExceptionally(failure));
    }

    /**
     * Tries the first of those that are open, and takes those that are settled off the list.
     *
     * @return false if they were too many at once
     */
    private boolean makeSome(List<Pending<?>> open, int together) {
        boolean isSure = open.stream().anyMatch(each -> each.doubtful);
        if (isSure) {
            documents.sync();
        }
        Draft draft = new Draft(documents);
        open.subList(0, together).forEach(each -> each.change.reads().forEach(draft::begin));
        List<Pending<?>> tried = open.subList(0, plan(open.subList(0, together), draft, isSure));
        List<Write> steps = draft.steps();
        try {
            commit(steps);
            tried.removeIf(Pending::settle);
        } catch (CoordinationException e) {
            switch (e.reason()) {
                case CONFLICT -> {
                    e.path().ifPresent(documents::forget);
                    makeParents();
                }
                case UNKNOWN_OUTCOME, SESSION_EXPIRED -> {
                    tried.forEach(Pending::mayBeDone);
                    documents.sync();
                }
                case REFUSED -> {
                    if (tried.size() > 1) {
                        return false;
                    }
                    fail(
                            tried,
                            coordination.commitBytes(steps) > coordination.maxCommitBytes() ? tooLarge(steps, e) : e);
                    tried.clear();
                }
            }
        }
        return true;
    }

    /** Whether a change failed because it was more than one commit can be. */
    static boolean isTooLarge(SchemaException failure) {
        return failure.reason() == Reason.NOT_PERMITTED
                && failure.getCause() instanceof SchemaException thrown
                && thrown.getCause() instanceof CoordinationException;
    }

    /** It would be so the next time, too. */
    private SchemaException tooLarge(List<Write> steps, CoordinationException refusal) {
        return new SchemaException(
                Reason.NOT_PERMITTED,
                "The change comes to " + coordination.commitBytes(steps) + " bytes, and ZooKeeper takes "
                        + coordination.maxCommitBytes() + " at once: make it smaller, or raise jute.maxbuffer",
                refusal);
    }

    /** How many could be planned together. */
    private int plan(List<Pending<?>> together, Draft draft, boolean isSure) {
        int planned = 0;
        for (Pending<?> each : together) {
            boolean shares = each.change.sharesDraft();
            if (planned > 0 && (!shares || draft.bytes() > coordination.maxCommitBytes() / 4)) {
                break;
            }
            each.plan(draft, isSure);
            planned++;
            if (!shares) {
                break;
            }
        }
        return planned;
    }

    private void commit(List<Write> steps) {
        if (!steps.isEmpty()) {
            await(coordination.commit(steps));
        }
    }

    /** The first conflict may be with a registry that was never used. */
    private void makeParents() {
        if (!parentsMade) {
            Znodes.PARENTS.forEach(parent -> await(coordination.ensurePath(parent)));
            parentsMade = true;
        }
    }
}
