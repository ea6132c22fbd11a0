package io.millstream.coordination;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What Millstream needs of ZooKeeper, and no more. Deciding code sees only this, so that a simulator can stand in.
 *
 * <p>Every write is conditional: on a version, or on a znode's absence. Calls never block; results complete on a
 * coordination thread that must not be held up, so continue elsewhere (a {@link io.millstream.core.Loop}). Futures fail
 * with {@link CoordinationException}. Implementations are safe for use by several threads.
 */
public interface Coordination extends AutoCloseable {

    /**
     * Told of session changes, on a coordination thread. After {@link #suspended} comes {@link #resumed} or
     * {@link #expired}, before the next {@code suspended}; neither comes without it.
     */
    interface SessionListener {
        /** The connection is gone; the session may end at any time. Ephemeral znodes may still stand. */
        void suspended();

        /** Connected again, in the same session. Watches stand, but something may have been missed: read again. */
        void resumed();

        /**
         * The session is over and a new one began; {@link Coordination#sessionId} is the new one's. Watches stand. Ephemeral
         * znodes of the old one are gone or going (compare {@link Versioned#ephemeralOwner}); read all again.
         */
        void expired();
    }

    /** Something to stop. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** The data of {@code path}; empty if there is no such znode. */
    CompletableFuture<Optional<Versioned<byte[]>>> read(String path);

    /** Names of the children of {@code path}, sorted; empty if there is no such znode. */
    CompletableFuture<List<String>> children(String path);

    /**
     * Applies all steps, or none. Never tried twice: a second try after a lost answer would meet the first one's work and
     * report a conflict with it. What {@link CoordinationException.Reason#UNKNOWN_OUTCOME} left behind can be told only
     * by reading.
     *
     * @param steps refused if {@link #commitBytes} of them exceeds {@link #maxCommitBytes}; done at once if empty
     * @return the new data version of each {@link Write.Update} (0 for a create; -1 for the others), in order
     */
    CompletableFuture<List<Integer>> commit(List<Write> steps);

    /**
     * Once done, reads see everything that had been committed by anybody before this was called. Without it a read may be
     * behind others' commits (never behind this session's own): the server asked may not have heard of them yet.
     */
    CompletableFuture<Void> sync();

    /** How large a commit of these steps is when sent, in bytes; never less than it really is. */
    long commitBytes(List<Write> steps);

    /** Largest commit that ZooKeeper accepts ({@code jute.maxbuffer}), in bytes. */
    int maxCommitBytes();

    /** Makes {@code path} and its missing ancestors as empty persistent znodes; what exists stays as it is. */
    CompletableFuture<Void> ensurePath(String path);

    /**
     * Calls {@code changed} with the path of every znode at or below {@code path} that is created, changed or deleted
     * (a persistent recursive watch, ZOOKEEPER-1416), on a coordination thread. After a reconnection changes may have
     * been missed: read all again on {@link SessionListener#resumed} and {@link SessionListener#expired}.
     */
    CompletableFuture<Registration> watch(String path, java.util.function.Consumer<String> changed);

    /** Adds a listener of session changes. */
    Registration onSession(SessionListener listener);

    /** The current session's id, as in {@link Versioned#ephemeralOwner}; 0 while there is none. */
    long sessionId();

    /** How long a session outlives its last contact, in ms, as negotiated. */
    int sessionTimeoutMillis();

    /**
     * Until when, in {@link io.millstream.core.Clock#nanos}, the current session should live: the start of the last exchange
     * that succeeded, plus the session time-out. Only exchanges that pass ZooKeeper's leader count, which alone decides on
     * expiry: a server cut off from it answers reads for a while. Kept fresh while connected. In the past if there is no
     * session. Use a {@link Lease}, which leaves a margin.
     */
    long aliveUntilNanos();

    /** Ends the session; ephemeral znodes go at once. */
    @Override
    void close();

    /** One step alone, for readability. */
    default CompletableFuture<Integer> commit(Write step) {
        return commit(List.of(step)).thenApply(versions -> versions.get(0));
    }

    /**
     * Waits for {@code result}. Never on a coordination thread or an event loop.
     *
     * @throws CoordinationException as the future failed with
     */
    static <T> T await(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CoordinationException cause) {
                throw new CoordinationException(
                        cause.reason(), cause.getMessage(), cause.path().orElse(null), cause);
            }
            throw e;
        }
    }
}
