package io.millstream.broker.simulation;

import io.millstream.broker.simulation.SimCall.Kind;
import io.millstream.broker.simulation.SimCall.Outcome;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * {@link Coordination} by a {@link SimZooKeeper}: connections to its servers that break, sessions that expire, writes whose
 * outcome is not known, and reads that are behind. Passes the same contract as the real one.
 */
public final class SimCoordination implements Coordination {

    private static final int MAX_BYTES = 0xf_ffff;
    private static final int KEEP_ALIVE_SHARE = 6;
    private static final int RETRY_MILLIS = 100;
    private static final int RECONNECT_MILLIS = 300;
    private static final long MILLION = 1_000_000;

    /** One of perhaps several of the same path. */
    private static final class Watch {
        private final String path;
        private final Consumer<String> changed;

        private Watch(String path, Consumer<String> changed) {
            this.path = path;
            this.changed = changed;
        }
    }

    /** What a client is set up with. */
    public record Settings(int sessionTimeoutMillis, int patienceMillis) {}

    private final SimZooKeeper zooKeeper;
    private final SimAnswers answers;
    private final SimScheduler scheduler;
    private final SimClock clock;
    private final SimLoop loop;
    private final Settings settings;
    private final SimLine line = new SimLine();
    private final Set<SimCall<?>> unanswered = new LinkedHashSet<>();
    private final List<SimCall<?>> unsent = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<SessionListener> listeners = new ArrayList<>();

    private SimLink link; // null while there is no connection
    private long session;
    private int timeoutMillis;
    private long aliveUntil;
    private long heardNanos;
    private int seen; // transactions that a server we asked had applied
    private int attempt;
    private boolean suspended;
    private boolean announcing; // a new session that listeners have not heard of
    private boolean standingStill;
    private boolean closed;

    /** Opens a session at once, whatever time that takes. */
    public SimCoordination(SimZooKeeper zooKeeper, SimProcess process, SimClock clock, Settings settings) {
        this.zooKeeper = zooKeeper;
        this.answers = new SimAnswers(zooKeeper);
        this.scheduler = zooKeeper.scheduler();
        this.clock = clock;
        this.settings = settings;
        this.loop = process.loop("coordination");
        this.timeoutMillis = settings.sessionTimeoutMillis();
        synchronized (scheduler) {
            connectTo(zooKeeper.anyServer(), zooKeeper.begin(timeoutMillis));
            aliveUntil = clock.nanos() + timeoutMillis * MILLION;
            loop.schedule(this::keepAlive, timeoutMillis / KEEP_ALIVE_SHARE, TimeUnit.MILLISECONDS);
        }
    }

    /** The network in between. */
    public SimLine line() {
        return line;
    }

    SimLoop loop() {
        return loop;
    }

    /** From now on calls are answered on the spot: for a start that waits for them. */
    void standStill() {
        standingStill = true;
    }

    /** From now on answers take their time again. */
    void moveOn() {
        standingStill = false;
    }

    /** The process has died: its connection breaks, and its session ends when its time is over. */
    void abandon() {
        closed = true;
        if (link != null) {
            link.breakOff();
            link = null;
        }
    }

    @Override
    public CompletableFuture<Optional<Versioned<byte[]>>> read(String path) {
        return call(
                Kind.REPEATABLE,
                "Read of " + path,
                path,
                (server, session, way, outcome) ->
                        outcome.accept(Outcome.of(server.tree().read(path))));
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return call(
                Kind.REPEATABLE,
                "List of " + path,
                path,
                (server, session, way, outcome) ->
                        outcome.accept(Outcome.of(server.tree().children(path))));
    }

    @Override
    public CompletableFuture<List<Integer>> commit(List<Write> steps) {
        if (steps.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (commitBytes(steps) > MAX_BYTES) {
            return CompletableFuture.failedFuture(new CoordinationException(
                    Reason.REFUSED,
                    "A commit of " + steps.size() + " steps, first at "
                            + steps.get(0).path() + ": jute.maxbuffer allows " + MAX_BYTES + " bytes",
                    null));
        }
        List<Write> copy = List.copyOf(steps);
        for (Write step : copy) {
            Optional<CoordinationException> illegal = SimAnswers.illegal(step.path());
            if (illegal.isPresent()) {
                return CompletableFuture.failedFuture(illegal.get());
            }
        }
        return call(Kind.ONCE, "Commit at " + copy.get(0).path(), null, answers.commit(copy));
    }

    @Override
    public CompletableFuture<Void> sync() {
        return call(Kind.CONTACT, "Contact with ZooKeeper", "/", answers.contact());
    }

    @Override
    public long commitBytes(List<Write> steps) {
        return SimAnswers.bytes(steps);
    }

    @Override
    public int maxCommitBytes() {
        return MAX_BYTES;
    }

    @Override
    public CompletableFuture<Void> ensurePath(String path) {
        return call(Kind.REPEATABLE, "Creation of " + path, path, answers.path(path));
    }

    @Override
    public CompletableFuture<Registration> watch(String path, Consumer<String> changed) {
        synchronized (scheduler) {
            Watch watch = new Watch(path, changed);
            watches.add(watch);
            return set(path)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            remove(watch);
                        }
                    })
                    .thenApply(done -> () -> remove(watch));
        }
    }

    private CompletableFuture<Void> set(String path) {
        return call(Kind.REPEATABLE, "Watch of " + path, path, (server, session, way, outcome) -> {
            if (link != null && link.session() == session && link.server() == server) {
                link.watch(path);
            }
            outcome.accept(Outcome.of(null));
        });
    }

    private void remove(Watch watch) {
        synchronized (scheduler) {
            watches.removeIf(each -> each == watch);
            if (link != null && watches.stream().noneMatch(each -> each.path.equals(watch.path))) {
                link.unwatch(watch.path);
            }
        }
    }

    /** A server says that a znode changed. */
    void changed(String path) {
        for (Watch watch : List.copyOf(watches)) {
            if (SimLink.covers(watch.path, path) && watches.contains(watch)) {
                watch.changed.accept(path);
            }
        }
    }

    @Override
    public Registration onSession(SessionListener listener) {
        synchronized (scheduler) {
            listeners.add(listener);
            return () -> {
                synchronized (scheduler) {
                    listeners.remove(listener);
                }
            };
        }
    }

    @Override
    public long sessionId() {
        synchronized (scheduler) {
            return closed ? 0 : session;
        }
    }

    @Override
    public int sessionTimeoutMillis() {
        return timeoutMillis;
    }

    @Override
    public long aliveUntilNanos() {
        synchronized (scheduler) {
            return closed || session == 0 ? clock.nanos() : aliveUntil;
        }
    }

    private <T> CompletableFuture<T> call(Kind kind, String what, String path, SimCall.Answer<T> answer) {
        Optional<CoordinationException> illegal = path == null ? Optional.empty() : SimAnswers.illegal(path);
        if (illegal.isPresent()) {
            return CompletableFuture.failedFuture(illegal.get());
        }
        synchronized (scheduler) {
            long now = clock.nanos();
            SimCall<T> call = new SimCall<>(kind, what, path, answer, now, now + settings.patienceMillis() * MILLION);
            if (closed || (kind == Kind.ONCE && session == 0)) {
                call.fail(
                        kind == Kind.ONCE ? Reason.SESSION_EXPIRED : Reason.UNKNOWN_OUTCOME,
                        "there is no ZooKeeper session");
            } else if (standingStill) {
                answerNow(call);
            } else {
                unanswered.add(call);
                send(call);
            }
            return call.result;
        }
    }

    private <T> void answerNow(SimCall<T> call) {
        if (link == null || !line.connects()) {
            call.fail(Reason.UNKNOWN_OUTCOME, "the connection to ZooKeeper was lost");
            return;
        }
        link.server().applyUpTo(zooKeeper.committed());
        call.answer.give(link.server(), link.session(), Runnable::run, call::settle);
        if (!call.result.isDone()) {
            call.fail(Reason.UNKNOWN_OUTCOME, "the ZooKeeper session ended");
        }
    }

    private <T> void send(SimCall<T> call) {
        if (link == null) {
            unsent.add(call);
            return;
        }
        SimLink way = link;
        long sent = clock.nanos();
        way.send((server, of, answered) -> call.answer.give(server, of, server::toLeader, outcome -> {
            int known = server.applied();
            answered.accept(() -> {
                if (unanswered.remove(call)) {
                    seen = Math.max(seen, known);
                    proven(call, of.id, sent);
                    call.settle(outcome);
                }
            });
        }));
    }

    /** An answer that passed the leader shows that the session lived when the call was made. */
    private void proven(SimCall<?> call, long of, long sent) {
        if (call.kind != Kind.REPEATABLE && of == session) {
            aliveUntil = Math.max(aliveUntil, sent + timeoutMillis * MILLION);
        }
    }

    /** A server was heard from. */
    void heard() {
        heardNanos = scheduler.nanos();
    }

    private void keepAlive() {
        if (closed) {
            return;
        }
        if (link != null && scheduler.nanos() - heardNanos > timeoutMillis * MILLION * 2 / 3) {
            disconnected(link);
        } else if (link != null) {
            CompletableFuture<?> unused = sync();
        }
        loop.schedule(this::keepAlive, timeoutMillis / KEEP_ALIVE_SHARE, TimeUnit.MILLISECONDS);
    }

    /** Breaks the connection, as a reset does. */
    public void cut() {
        synchronized (scheduler) {
            SimLink broken = link;
            if (broken != null) {
                loop.later(() -> disconnected(broken), 0);
            }
        }
    }

    /** The connection is gone. */
    void disconnected(SimLink broken) {
        if (closed || link != broken) {
            return;
        }
        link = null;
        broken.breakOff();
        loseCalls();
        if (!suspended) {
            suspended = true;
            tell(SessionListener::suspended);
        }
        connectLater();
    }

    /** What was under way is made again if it may be, and otherwise nobody knows. */
    private void loseCalls() {
        unsent.clear();
        for (SimCall<?> call : List.copyOf(unanswered)) {
            if (call.kind != Kind.ONCE && clock.nanos() < call.deadlineNanos) {
                loop.schedule(() -> again(call), RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                unanswered.remove(call);
                call.fail(Reason.UNKNOWN_OUTCOME, "the connection to ZooKeeper was lost");
            }
        }
    }

    private void again(SimCall<?> call) {
        if (unanswered.contains(call)) {
            send(call);
        }
    }

    private void connectLater() {
        loop.schedule(this::connect, scheduler.random().nextInt(RECONNECT_MILLIS), TimeUnit.MILLISECONDS);
    }

    private void connect() {
        if (closed) {
            return;
        }
        if (!line.connects()) {
            loseCalls();
            connectLater();
            return;
        }
        SimServer server = zooKeeper.anyServer();
        int mine = ++attempt;
        loop.schedule(() -> giveUp(mine), timeoutMillis / 3, TimeUnit.MILLISECONDS);
        server.toLeader(() -> {
            boolean lives = session != 0 && zooKeeper.lives(session) && zooKeeper.touch(zooKeeper.session(session));
            SimZooKeeper.Session next = lives
                    ? zooKeeper.session(session)
                    : session == 0 ? zooKeeper.begin(settings.sessionTimeoutMillis()) : null;
            server.toLeader(() -> loop.later(() -> connected(mine, server, next), 0));
        });
    }

    /** A server that does not answer: perhaps another one does. */
    private void giveUp(int mine) {
        if (attempt == mine && link == null) {
            connect();
        }
    }

    /** @param next null if the session is over */
    private void connected(int mine, SimServer server, SimZooKeeper.Session next) {
        if (closed || attempt != mine || link != null) {
            return;
        }
        if (next == null) {
            session = 0;
            announcing = true;
            connect();
            return;
        }
        if (!zooKeeper.lives(next.id)) { // ended since the leader answered
            connectLater();
            return;
        }
        connectTo(server, next);
        List<SimCall<?>> waiting = List.copyOf(unsent);
        unsent.clear();
        if (announcing) {
            CompletableFuture<?> unused = CompletableFuture.allOf(
                            watches.stream().map(each -> set(each.path)).toArray(CompletableFuture[]::new))
                    .thenRun(this::announce);
        } else {
            watches.forEach(each -> link.watch(each.path));
            suspended = false;
            tell(SessionListener::resumed);
        }
        waiting.forEach(this::again);
    }

    private void connectTo(SimServer server, SimZooKeeper.Session next) {
        server.applyUpTo(seen); // one that is behind what the client has seen does not take it
        link = new SimLink(zooKeeper, this, server, next);
        heard();
        if (session != next.id) {
            aliveUntil = clock.nanos();
        }
        session = next.id;
        timeoutMillis = next.timeoutMillis;
    }

    private void announce() {
        if (announcing && link != null && !closed) {
            announcing = false;
            suspended = false;
            CompletableFuture<?> unused = sync();
            tell(SessionListener::expired);
        }
    }

    private void tell(Consumer<SessionListener> what) {
        if (!closed) {
            List.copyOf(listeners).forEach(what);
        }
    }

    @Override
    public void close() {
        synchronized (scheduler) {
            if (closed) {
                return;
            }
            closed = true;
            SimLink last = link;
            link = null;
            if (last != null) {
                last.send((server, of, answered) -> server.toLeader(() -> zooKeeper.end(of.id)));
                last.finish();
            }
            List<SimCall<?>> open = List.copyOf(unanswered);
            unanswered.clear();
            unsent.clear();
            open.forEach(call -> call.fail(Reason.UNKNOWN_OUTCOME, "the connection to ZooKeeper was closed"));
        }
    }

    @Override
    public String toString() {
        return "session " + Long.toHexString(session) + (link == null ? ", not connected" : "") + ", "
                + unanswered.size() + " calls under way";
    }
}
