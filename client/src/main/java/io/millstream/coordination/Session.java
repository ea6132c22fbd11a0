package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.curator.CuratorZookeeperClient;
import org.apache.curator.ensemble.fixed.FixedEnsembleProvider;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session after the other with ZooKeeper, and how long the current one surely lives.
 *
 * <p>Curator's client keeps the connection, and opens a new session when ZooKeeper says that the old one expired. Calls go
 * to ZooKeeper's own handle, and Curator's framework above it is left out: it retries what must not be done twice, queues
 * calls so that one may overtake another, and gives a session up on its own after an outage, whereas ZooKeeper, back
 * again, lets everybody's sessions go on.
 */
final class Session implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private static final int KEEP_ALIVE_SHARE = 6;

    /** Largest answer taken from ZooKeeper, in bytes: lists of children grow beyond what a znode may hold. */
    private static final int ANSWER_BYTES = 32 * 1024 * 1024;

    private record Alive(long sessionId, long untilNanos) {}

    private final CuratorZookeeperClient curator;
    private final Clock clock;
    private final Loop loop = new ThreadLoop("millstream-coordination");
    private final SessionEvents events;
    private final Retries retries;
    private final int patienceMillis;
    private volatile Alive alive = new Alive(0, 0);
    private volatile int timeoutMillis;
    private volatile boolean closed;

    /**
     * @param hosts of the connect string, without chroot
     * @param restoreWatches called in each new session, before listeners are told of it
     */
    Session(
            String hosts,
            int sessionTimeoutMillis,
            int patienceMillis,
            Clock clock,
            Function<Session, CompletableFuture<Void>> restoreWatches) {
        this.clock = clock;
        events = new SessionEvents(this::id, () -> restoreWatches.apply(this), loop);
        this.patienceMillis = patienceMillis;
        timeoutMillis = sessionTimeoutMillis;
        retries = new Retries(this::handle, loop, clock, TimeUnit.MILLISECONDS.toNanos(patienceMillis));
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty("jute.maxbuffer", Integer.toString(ANSWER_BYTES));
        curator = new CuratorZookeeperClient(
                (where, timeout, watcher, readOnly) ->
                        new ZooKeeper(where, timeout, watcher, readOnly, new Servers(where), config),
                new FixedEnsembleProvider(hosts),
                sessionTimeoutMillis,
                sessionTimeoutMillis,
                this::onEvent,
                new RetryNTimes(0, 0),
                false);
    }

    /**
     * Opens the first session.
     *
     * @throws CoordinationException if there is none in time
     * @throws IllegalArgumentException if the hosts are not well written
     */
    void open() {
        try {
            curator.start();
            events.firstConnection().get(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (TimeoutException e) {
            String why = "no answer within " + patienceMillis + " ms; is it running there?";
            throw new CoordinationException(Reason.REFUSED, why, e);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new CoordinationException(Reason.REFUSED, e.toString(), e);
        }
    }

    /** Proves the session alive once, and then again and again. */
    CompletableFuture<Void> keepAlive() {
        scheduleKeepAlive();
        return sync();
    }

    /** An exchange with ZooKeeper's leader that changes nothing. */
    CompletableFuture<Void> sync() {
        return retrying("Contact with ZooKeeper", "/", this::sync);
    }

    private void scheduleKeepAlive() {
        loop.schedule(this::keepAliveOnce, Math.max(timeoutMillis() / KEEP_ALIVE_SHARE, 1), TimeUnit.MILLISECONDS);
    }

    private void keepAliveOnce() {
        try {
            sync(handle(), (code, nothing) -> {});
        } catch (CoordinationException e) {
            log.debug("No session to keep alive", e);
        }
        scheduleKeepAlive();
    }

    private void sync(ZooKeeper zooKeeper, BiConsumer<Code, Void> answer) {
        long started = clock.nanos();
        zooKeeper.sync(
                "/",
                (rc, path, context) -> {
                    heard(zooKeeper, code(rc), started);
                    answer.accept(code(rc), null);
                },
                null);
    }

    /** Notes an answer that passed ZooKeeper's leader, to a call that began at {@code startedNanos}. */
    synchronized void heard(ZooKeeper zooKeeper, Code code, long startedNanos) {
        if (!Failures.isAnswer(code) || zooKeeper.getSessionId() != id()) {
            return;
        }
        timeoutMillis = zooKeeper.getSessionTimeout();
        long until = startedNanos + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        boolean sameSession = alive.sessionId == zooKeeper.getSessionId();
        if (!sameSession || until - alive.untilNanos > 0) {
            alive = new Alive(zooKeeper.getSessionId(), until);
        }
    }

    long aliveUntilNanos() {
        Alive known = alive;
        return known.sessionId != 0 && known.sessionId == id() ? known.untilNanos : clock.nanos();
    }

    /** The current session's id; 0 while there is none. */
    long id() {
        try {
            return handle().getSessionId();
        } catch (CoordinationException e) {
            log.debug("No session", e);
            return 0;
        }
    }

    int timeoutMillis() {
        return timeoutMillis;
    }

    /**
     * ZooKeeper's own client of the current session.
     *
     * @throws CoordinationException if there is none
     */
    ZooKeeper handle() {
        ZooKeeper handle;
        try {
            handle = closed ? null : curator.getZooKeeper();
        } catch (Exception e) {
            throw new CoordinationException(Reason.SESSION_EXPIRED, "No ZooKeeper session: " + e.getMessage(), e);
        }
        if (handle == null) {
            throw new CoordinationException(Reason.SESSION_EXPIRED, "The connection to ZooKeeper was closed", null);
        }
        return handle;
    }

    static Code code(int rc) {
        Code code = Code.get(rc);
        return code == null ? Code.SYSTEMERROR : code;
    }

    /** Makes a call that changes nothing, or nothing more when made twice; again after each loss of the connection. */
    <T> CompletableFuture<T> retrying(String what, String path, Retries.Call<T> call) {
        return retries.retrying(what, path, call);
    }

    Coordination.Registration onSession(Coordination.SessionListener listener) {
        return events.add(listener);
    }

    private void onEvent(WatchedEvent event) {
        if (closed || event.getType() != EventType.None) {
            return;
        }
        // An expiry shows when the next session has begun.
        if (event.getState() == KeeperState.Disconnected) {
            events.disconnected();
        } else if (event.getState() == KeeperState.SyncConnected) {
            events.connected(id());
        }
    }

    @Override
    public void close() {
        closed = true;
        events.close();
        loop.close();
        curator.close();
        retries.close();
    }
}
