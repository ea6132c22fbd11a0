package io.millstream.broker.simulation;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A call of a {@link SimCoordination} until it is answered. Guarded by the scheduler's monitor. */
final class SimCall<T> {

    /** How a server, and perhaps the leader, answers. */
    @FunctionalInterface
    interface Answer<T> {
        void give(SimServer server, SimZooKeeper.Session session, Way way, Consumer<Outcome<T>> outcome);
    }

    /** How a server reaches the leader, and the other way. */
    @FunctionalInterface
    interface Way {
        void go(Runnable there);
    }

    /** @param failure null if there is a value */
    record Outcome<T>(T value, CoordinationException failure) {
        static <T> Outcome<T> of(T value) {
            return new Outcome<>(value, null);
        }

        static <T> Outcome<T> failed(CoordinationException failure) {
            return new Outcome<>(null, failure);
        }
    }

    /** What a call does, and so whether it may be made again when its answer was lost. */
    enum Kind {
        /** It changes nothing, or nothing more the second time. */
        REPEATABLE,
        /** It changes nothing, but asks the leader. */
        CONTACT,
        /** It is made once. */
        ONCE
    }

    final Kind kind;
    final Answer<T> answer;
    final long startedNanos;
    final long deadlineNanos;
    final CompletableFuture<T> result = new CompletableFuture<>();
    private final String what;
    private final String path;

    /** @param deadlineNanos after which it is not made again */
    SimCall(Kind kind, String what, String path, Answer<T> answer, long startedNanos, long deadlineNanos) {
        this.kind = kind;
        this.what = what;
        this.path = path;
        this.answer = answer;
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
    }

    void settle(Outcome<T> outcome) {
        if (outcome.failure() != null) {
            result.completeExceptionally(outcome.failure());
        } else {
            result.complete(outcome.value());
        }
    }

    void fail(Reason reason, String why) {
        result.completeExceptionally(new CoordinationException(reason, what + ": " + why, path, null));
    }
}
