package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** {@link Coordination} by ZooKeeper 3.6 or later (persistent recursive watches). */
public final class ZooKeeperCoordination implements Coordination {

    /** Largest request that ZooKeeper's server takes unless told otherwise, in bytes. */
    private static final int DEFAULT_MAX_BUFFER = 0xf_ffff;

    private final String connectString;
    private final Chroot chroot;
    private final Clock clock;
    private final Session session;
    private final Watches watches;

    private ZooKeeperCoordination(
            String connectString, int sessionTimeoutMillis, int connectTimeoutMillis, Clock clock) {
        this.connectString = connectString;
        this.clock = clock;
        int slash = connectString.indexOf('/');
        String hosts = slash < 0 ? connectString : connectString.substring(0, slash);
        String path = slash < 0 ? "/" : connectString.substring(slash);
        chroot = Chroot.of(path);
        watches = new Watches(chroot);
        session = new Session(hosts, sessionTimeoutMillis, connectTimeoutMillis, clock, watches::restore);
    }

    /**
     * Connects. Blocks until a session stands and the chroot exists, which is made if it is missing.
     *
     * @param connectString {@code host:port,host:port/chroot}; the chroot is optional
     * @param sessionTimeoutMillis how long a session outlives its last contact; ZooKeeper may settle on another value
     * @param connectTimeoutMillis how long to wait for ZooKeeper, here and whenever a read finds the connection lost
     * @throws CoordinationException if ZooKeeper cannot be reached; the message names the connect string
     */
    public static ZooKeeperCoordination connect(
            String connectString, int sessionTimeoutMillis, int connectTimeoutMillis, Clock clock) {
        ZooKeeperCoordination coordination = null;
        try {
            coordination = new ZooKeeperCoordination(connectString, sessionTimeoutMillis, connectTimeoutMillis, clock);
            coordination.session.open();
            Coordination.await(coordination.create(coordination.chroot.prefix()));
            Coordination.await(coordination.session.keepAlive());
            return coordination;
        } catch (IllegalArgumentException | CoordinationException e) {
            if (coordination != null) {
                coordination.close();
            }
            String message = "Cannot use ZooKeeper at '" + connectString + "': " + e.getMessage();
            throw new CoordinationException(Reason.REFUSED, message, e);
        }
    }

    @Override
    public CompletableFuture<Optional<Versioned<byte[]>>> read(String path) {
        return session.retrying(
                "Read of " + path,
                path,
                (zooKeeper, answer) -> zooKeeper.getData(
                        chroot.full(path),
                        false,
                        (rc, p, context, data, stat) -> {
                            if (rc == Code.OK.intValue()) {
                                answer.accept(Code.OK, Optional.of(versioned(data, stat)));
                            } else {
                                answer.accept(orOk(Code.NONODE, rc), Optional.empty());
                            }
                        },
                        null));
    }

    private static Versioned<byte[]> versioned(byte[] data, Stat stat) {
        byte[] value = data == null ? new byte[0] : data;
        return new Versioned<>(value, stat.getVersion(), stat.getCzxid(), stat.getMtime(), stat.getEphemeralOwner());
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return session.retrying(
                "List of " + path,
                path,
                (zooKeeper, answer) -> zooKeeper.getChildren(
                        chroot.full(path),
                        false,
                        (int rc, String p, Object context, List<String> names) -> answer.accept(
                                orOk(Code.NONODE, rc),
                                names == null
                                        ? List.of()
                                        : names.stream().sorted().toList()),
                        null));
    }

    /** What ZooKeeper answered, with {@code harmless} taken for OK. */
    private static Code orOk(Code harmless, int rc) {
        return rc == harmless.intValue() ? Code.OK : Session.code(rc);
    }

    @Override
    public CompletableFuture<List<Integer>> commit(List<Write> steps) {
        if (steps.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Multi multi = new Multi(steps, chroot.prefix());
        if (multi.bytes() > maxCommitBytes()) {
            return CompletableFuture.failedFuture(multi.tooLarge(maxCommitBytes()));
        }
        CompletableFuture<List<Integer>> result = new CompletableFuture<>();
        try {
            send(multi, session.handle(), result);
        } catch (CoordinationException e) {
            result.completeExceptionally(e);
        } catch (IllegalArgumentException e) {
            result.completeExceptionally(new CoordinationException(Reason.REFUSED, e.getMessage(), e));
        }
        return result;
    }

    private void send(Multi multi, ZooKeeper zooKeeper, CompletableFuture<List<Integer>> result) {
        if (!zooKeeper.getState().isAlive()) {
            // Only here is it sure that nothing was sent: an answer SESSIONEXPIRED can also be about a write under way.
            throw new CoordinationException(Reason.SESSION_EXPIRED, "The ZooKeeper session ended", null);
        }
        long started = clock.nanos();
        zooKeeper.multi(
                multi.ops(),
                (rc, path, context, results) -> {
                    Code code = Session.code(rc);
                    session.heard(zooKeeper, code, started);
                    if (code == Code.OK) {
                        result.complete(multi.versions(results));
                    } else {
                        result.completeExceptionally(multi.failure(code, results));
                    }
                },
                null);
    }

    @Override
    public CompletableFuture<Void> sync() {
        return session.sync();
    }

    @Override
    public long commitBytes(List<Write> steps) {
        return new Multi(steps, chroot.prefix()).bytes();
    }

    @Override
    public int maxCommitBytes() {
        return Integer.getInteger("jute.maxbuffer", DEFAULT_MAX_BUFFER);
    }

    @Override
    public CompletableFuture<Void> ensurePath(String path) {
        try {
            return create(chroot.full(path));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new CoordinationException(Reason.REFUSED, e.getMessage(), path, e));
        }
    }

    /** Makes a znode, and first its parent if that is what is missing. */
    private CompletableFuture<Void> create(String fullPath) {
        if (fullPath.isEmpty() || fullPath.equals("/")) {
            return CompletableFuture.completedFuture(null);
        }
        return createOne(fullPath).thenCompose(code -> {
            if (code != Code.NONODE) {
                return CompletableFuture.completedFuture(null);
            }
            String parent = fullPath.substring(0, fullPath.lastIndexOf('/'));
            return create(parent).thenCompose(done -> create(fullPath));
        });
    }

    private CompletableFuture<Code> createOne(String fullPath) {
        return session.retrying(
                "Creation of " + fullPath,
                fullPath,
                (zooKeeper, answer) -> zooKeeper.create(
                        fullPath,
                        new byte[0],
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT,
                        (int rc, String p, Object context, String name) -> {
                            Code code = orOk(Code.NODEEXISTS, rc);
                            answer.accept(code == Code.NONODE ? Code.OK : code, code);
                        },
                        null));
    }

    @Override
    public CompletableFuture<Registration> watch(String path, Consumer<String> changed) {
        return watches.add(session, path, changed);
    }

    @Override
    public Registration onSession(SessionListener listener) {
        return session.onSession(listener);
    }

    @Override
    public long sessionId() {
        return session.id();
    }

    @Override
    public int sessionTimeoutMillis() {
        return session.timeoutMillis();
    }

    @Override
    public long aliveUntilNanos() {
        return session.aliveUntilNanos();
    }

    /** ZooKeeper's client of the current session, for tests that break it. */
    ZooKeeper handle() {
        return session.handle();
    }

    @Override
    public void close() {
        session.close();
    }

    @Override
    public String toString() {
        return "ZooKeeper at " + connectString;
    }
}
