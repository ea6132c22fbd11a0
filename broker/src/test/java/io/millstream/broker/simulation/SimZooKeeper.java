package io.millstream.broker.simulation;

import io.millstream.broker.simulation.SimTree.Change;
import io.millstream.broker.simulation.SimTree.Transaction;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An ensemble of ZooKeeper servers in memory: a leader that orders all writes and alone decides which sessions live, and
 * servers that apply what it ordered, each a little later, and answer their clients' reads with what they have. Guarded by
 * the scheduler's monitor.
 */
public final class SimZooKeeper {

    /** By how much a session may outlive its time-out, because servers look only so often. */
    private static final int TICK_MILLIS = 200;

    private static final int SERVERS = 3;
    private static final int FASTEST_NANOS = 50_000;
    private static final int SLOWEST_NANOS = 1_500_000;
    private static final long MILLION = 1_000_000;

    /** A session as the leader knows it. */
    static final class Session {
        final long id;
        final int timeoutMillis;
        private long heardNanos;
        private boolean over;
        private SimLink link;

        private Session(long id, int timeoutMillis) {
            this.id = id;
            this.timeoutMillis = timeoutMillis;
        }
    }

    private final SimScheduler scheduler;
    private final SimClock clock;
    private final SimTree tree = new SimTree();
    private final List<Transaction> log = new ArrayList<>();
    private final List<SimServer> servers = new ArrayList<>();
    private final Map<Long, Session> sessions = new TreeMap<>();
    private long zxid;
    private long lastSession;
    private double lingering;
    private int lingerMillis = 1;

    public SimZooKeeper(SimScheduler scheduler) {
        this.scheduler = scheduler;
        this.clock = new SimClock(scheduler, 0);
        for (int i = 0; i < SERVERS; i++) {
            servers.add(new SimServer(this, log));
        }
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    /** A message's way between two machines. */
    long latency() {
        return scheduler.between(FASTEST_NANOS, SLOWEST_NANOS);
    }

    /** Lets ephemerals outlive their expired session, some of them, by up to so long (ZOOKEEPER-2985). */
    public void lingering(double share, int atMostMillis) {
        lingering = share;
        lingerMillis = Math.max(1, atMostMillis);
    }

    /** The servers, to let them fall behind. */
    public List<SimServer> servers() {
        return servers;
    }

    SimServer anyServer() {
        return servers.get(scheduler.random().nextInt(servers.size()));
    }

    /** How many transactions there are: a server that has applied so many knows everything. */
    int committed() {
        return log.size();
    }

    /** The last thing that was ordered. */
    long lastZxid() {
        return zxid;
    }

    /** What everybody will see in the end. */
    public SimTree tree() {
        return tree;
    }

    Session begin(int timeoutMillis) {
        // As ZooKeeper's: no id is used twice, and none is small.
        Session session = new Session(0x1000_0000_0000L + ++lastSession, timeoutMillis);
        sessions.put(session.id, session);
        touch(session);
        watchOver(session);
        return session;
    }

    /** Whether a session can go on: it is heard from in time. */
    boolean lives(long id) {
        return sessions.containsKey(id);
    }

    Session session(long id) {
        return sessions.get(id);
    }

    void attach(Session session, SimLink link) {
        session.link = link;
    }

    /** The leader heard of a session; false if it is over. */
    boolean touch(Session session) {
        session.heardNanos = scheduler.nanos();
        return !session.over;
    }

    private void watchOver(Session session) {
        long due = session.heardNanos
                + session.timeoutMillis * MILLION
                + scheduler.random().nextInt(TICK_MILLIS) * MILLION;
        scheduler.after(due - scheduler.nanos(), () -> {
            if (session.over) {
                return;
            }
            if (scheduler.nanos() - session.heardNanos >= session.timeoutMillis * MILLION) {
                expire(session.id);
            } else {
                watchOver(session);
            }
        });
    }

    /** Ends a session as if its time had run out. */
    public void expire(long id) {
        Session session = sessions.remove(id);
        if (session == null) {
            return;
        }
        session.over = true;
        int linger = scheduler.chance(lingering) ? scheduler.random().nextInt(lingerMillis) : 0;
        if (linger == 0) {
            removeEphemerals(session);
        } else {
            scheduler.afterMillis(linger, () -> removeEphemerals(session));
        }
        if (session.link != null) {
            session.link.closedByServer();
        }
    }

    /** A client says that it goes: ephemerals go at once. */
    void end(long id) {
        Session session = sessions.remove(id);
        if (session != null) {
            session.over = true;
            removeEphemerals(session);
        }
    }

    private void removeEphemerals(Session session) {
        zxid++;
        append(tree.ephemeralsOf(session.id).stream()
                .map(path -> new Change(path, null))
                .toList());
    }

    /** Orders a write: applies it here, and lets the servers know. */
    SimVerdict commit(List<Write> steps, Session session) {
        zxid++; // a write that fails has a place in the order too
        SimVerdict verdict = SimVerdict.of(tree, steps, new SimVerdict.Occasion(zxid, session.id, clock.millis()));
        append(verdict.changes());
        return verdict;
    }

    private void append(List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        Transaction transaction = new Transaction(zxid, changes);
        tree.apply(transaction);
        log.add(transaction);
        servers.forEach(SimServer::hear);
    }
}
