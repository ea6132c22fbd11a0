package io.millstream.hadoop.ingest;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.hadoop.ingest.storage.Mortality;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** ZooKeeper as a driver sees it whose life is counted: every write is a call it may die at. */
public final class CountedCoordination implements Coordination {

    private final Coordination real;
    private final Mortality life;

    public CountedCoordination(Coordination real, Mortality life) {
        this.real = real;
        this.life = life;
    }

    @Override
    public CompletableFuture<Optional<Versioned<byte[]>>> read(String path) {
        life.look();
        return real.read(path);
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        life.look();
        return real.children(path);
    }

    @Override
    public CompletableFuture<List<Integer>> commit(List<Write> steps) {
        String paths = steps.stream()
                .map(step -> step.getClass().getSimpleName() + " " + step.path())
                .collect(Collectors.joining(", "));
        return write(paths, () -> real.commit(steps));
    }

    @Override
    public CompletableFuture<Void> ensurePath(String path) {
        return write("ensure " + path, () -> real.ensurePath(path));
    }

    /** Waits, so that a call after which one dies was really applied; a refusal comes out as the real one has it. */
    private <T> CompletableFuture<T> write(String name, Mortality.Call<CompletableFuture<T>> call) {
        try {
            return life.mutate(name, () -> {
                CompletableFuture<T> result = call.make();
                result.handle((value, failure) -> value).join();
                return result;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletableFuture<Void> sync() {
        life.look();
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
    public CompletableFuture<Registration> watch(String path, Consumer<String> changed) {
        life.look();
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

    /** The dead close nothing: their session ends when ZooKeeper misses them. */
    @Override
    public void close() {
        if (!life.isDead()) {
            real.close();
        }
    }
}
