package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A coordination whose commits fail as told: before they are applied, or after. */
final class Interrupted implements Coordination {

    /** What becomes of the next commit. */
    enum Fate {
        DONE,
        LOST,
        DONE_BUT_ANSWER_LOST
    }

    private final Coordination real;
    private final List<Fate> fates;
    private int commits;

    /** @param fates of the first commits; those after them are done */
    Interrupted(Coordination real, List<Fate> fates) {
        this.real = real;
        this.fates = fates;
    }

    int commits() {
        return commits;
    }

    @Override
    public CompletableFuture<List<Integer>> commit(List<Write> steps) {
        Fate fate = commits < fates.size() ? fates.get(commits) : Fate.DONE;
        commits++;
        CoordinationException unknown = new CoordinationException(Reason.UNKNOWN_OUTCOME, "Answer lost", null);
        return switch (fate) {
            case DONE -> real.commit(steps);
            case LOST -> CompletableFuture.failedFuture(unknown);
            case DONE_BUT_ANSWER_LOST ->
                real.commit(steps).thenCompose(done -> CompletableFuture.failedFuture(unknown));
        };
    }

    @Override
    public CompletableFuture<Optional<Versioned<byte[]>>> read(String path) {
        return real.read(path);
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return real.children(path);
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
    public CompletableFuture<Void> ensurePath(String path) {
        return real.ensurePath(path);
    }

    @Override
    public CompletableFuture<Registration> watch(String path, Consumer<String> changed) {
        return real.watch(path, changed);
    }

    @Override
    public Registration onSession(SessionListener listener) {
        return real.onSession(listener);
    }

    @Override
    public long sessionId() {
        return real.sessionId();
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
