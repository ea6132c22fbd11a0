package io.millstream.hadoop.ingest;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A connection to ZooKeeper that goes on with a new session when the old one has ended: all its ephemerals are gone then. */
final class SuccessiveSessions implements Coordination {

    private final Supplier<Coordination> connect;
    private volatile Coordination current;

    SuccessiveSessions(Supplier<Coordination> connect) {
        this.connect = connect;
        this.current = connect.get();
    }

    /** Ends the session and begins another. */
    void expire() {
        current.close();
        current = connect.get();
    }

    @Override
    public CompletableFuture<Optional<Versioned<byte[]>>> read(String path) {
        return current.read(path);
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return current.children(path);
    }

    @Override
    public CompletableFuture<List<Integer>> commit(List<Write> steps) {
        return current.commit(steps);
    }

    @Override
    public CompletableFuture<Void> ensurePath(String path) {
        return current.ensurePath(path);
    }

    @Override
    public CompletableFuture<Void> sync() {
        return current.sync();
    }

    @Override
    public long commitBytes(List<Write> steps) {
        return current.commitBytes(steps);
    }

    @Override
    public int maxCommitBytes() {
        return current.maxCommitBytes();
    }

    @Override
    public CompletableFuture<Registration> watch(String path, Consumer<String> changed) {
        return current.watch(path, changed);
    }

    @Override
    public Registration onSession(SessionListener listener) {
        return current.onSession(listener);
    }

    @Override
    public long sessionId() {
        return current.sessionId();
    }

    @Override
    public int sessionTimeoutMillis() {
        return current.sessionTimeoutMillis();
    }

    @Override
    public long aliveUntilNanos() {
        return current.aliveUntilNanos();
    }

    @Override
    public void close() {
        current.close();
    }
}
