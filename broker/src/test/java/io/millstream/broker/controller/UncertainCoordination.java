package io.millstream.broker.controller;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A coordination that can lose the answer of a commit, or the commit itself, which look the same to the caller; and its
 * session, as far as it is told.
 */
public final class UncertainCoordination implements Coordination {

    private final Coordination real;
    private volatile Predicate<List<Write>> lost = steps -> false;
    private volatile Consumer<List<Write>> intruder = steps -> {};
    private volatile Loss loss = Loss.ANSWER;
    private final AtomicInteger lossesLeft = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
    private volatile boolean missing;

    /** What is lost. */
    public enum Loss {
        ANSWER,
        COMMIT
    }

    public UncertainCoordination(Coordination real) {
        this.real = real;
    }

    /** Loses the next {@code times} commits that have a step at {@code path}, or their answers. */
    public void lose(Loss what, String path, int times) {
        loss = what;
        lossesLeft.set(times);
        lost = steps -> steps.stream().anyMatch(step -> step.path().equals(path));
    }

    /** Runs {@code action} in front of the next commit that has a step at {@code path}. */
    public void before(String path, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        intruder = steps -> {
            if (steps.stream().anyMatch(step -> step.path().equals(path)) && !done.getAndSet(true)) {
                action.run();
            }
        };
    }

    /** Tells listeners that the session is over and another one began. The real one goes on. */
    public void expire() {
        sessions.incrementAndGet();
        listeners.forEach(SessionListener::suspended);
        listeners.forEach(SessionListener::expired);
    }

    /** From now on no change is heard of, as if the connection had been away when it happened. */
    public void missChanges() {
        missing = true;
    }

    /** Changes are heard of again; listeners are told that there was a connection, in the same session. */
    public void resume() {
        missing = false;
        listeners.forEach(SessionListener::suspended);
        listeners.forEach(SessionListener::resumed);
    }

    /** Answers no read of {@code path} before {@code until}. */
    public void holdReads(String path, CompletableFuture<Void> until) {
        held.put(path, until);
    }

    /** How many commits were asked for. */
    public int commits() {
        return commits.get();
    }

    /** Whether all losses have happened. */
    public boolean allLost() {
        return lossesLeft.get() <= 0;
    }

    @Override
    public CompletableFuture<List<Integer>> commit(List<Write> steps) {
        commits.incrementAndGet();
        intruder.accept(steps);
        if (!lost.test(steps) || lossesLeft.getAndDecrement() <= 0) {
            return real.commit(steps);
        }
        CoordinationException failure =
                new CoordinationException(Reason.UNKNOWN_OUTCOME, "The connection was lost", null);
        if (loss == Loss.COMMIT) {
            return CompletableFuture.failedFuture(failure);
        }
        return real.commit(steps).thenApply(done -> {
            throw failure;
        });
    }

    @Override
    public CompletableFuture<Optional<Versioned<byte[]>>> read(String path) {
        CompletableFuture<Void> wait = held.get(path);
        return wait == null ? real.read(path) : wait.thenCompose(done -> real.read(path));
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return real.children(path);
    }

    @Override
    public CompletableFuture<Void> ensurePath(String path) {
        return real.ensurePath(path);
    }

    @Override
    public CompletableFuture<Registration> watch(String path, Consumer<String> changed) {
        return real.watch(path, found -> {
            if (!missing) {
                changed.accept(found);
            }
        });
    }

    @Override
    public Registration onSession(SessionListener listener) {
        listeners.add(listener);
        return real.onSession(listener);
    }

    @Override
    public CompletableFuture<Void> sync() {
        return real.sync();
    }

    @Override
    public long commitBytes(List<Write> steps) {
        return real.commitBytes(steps);
    }

    @Override
    public int maxCommitBytes() {
        return real.maxCommitBytes();
    }

    @Override
    public long sessionId() {
        return real.sessionId() + sessions.get();
    }

    @Override
    public int sessionTimeoutMillis() {
        return real.sessionTimeoutMillis();
    }

    @Override
    public long aliveUntilNanos() {
        return real.aliveUntilNanos();
    }

    @Override
    public void close() {
        real.close();
    }
}
