package io.millstream.broker.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millstream.coordination.Paths;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.FindCoordinator;
import io.millstream.wire.message.OffsetCommit;
import io.millstream.wire.message.OffsetFetch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Commits one offset after the other for a group without members, each larger than the one before whether that was answered
 * or not, and looks now and then at what is committed: never less than what was answered, by whichever coordinator.
 */
final class SimCommitter extends SimClient {

    private static final int PAUSE_MILLIS = 100;
    private static final int RETRY_MILLIS = 300;
    private static final int LOOK_ONE_IN = 4;

    private final String group;
    private Connection coordinator; // null while none is known
    private long next;
    private long committed = -1; // as answered
    private long lastCommittedMillis;

    SimCommitter(int number, SimCluster cluster, TopicPartition partition) {
        super("committer-" + number, cluster, partition, Duration.ofSeconds(1));
        this.group = "group-" + number;
    }

    String machine() {
        return process.toString();
    }

    long lastCommittedMillis() {
        return lastCommittedMillis;
    }

    /** What is committed in the end. */
    void checkAtRest() {
        String stored = cluster.zooKeeper()
                .tree()
                .read(Paths.offset(group, partition))
                .map(found -> new String(found.value(), UTF_8))
                .orElse("-1");
        check(Long.parseLong(stored), committed);
    }

    private void check(long found, long atLeast) {
        if (found < atLeast || found > next) {
            throw new AssertionError("Offset " + found + " of " + group + " is committed, where " + atLeast
                    + " had been answered and " + next + " was sent last");
        }
    }

    private void lost() {
        coordinator.close();
        coordinator = null;
        later(RETRY_MILLIS);
    }

    @Override
    void step() {
        if (coordinator == null) {
            find();
        } else if (cluster.scheduler().random().nextInt(LOOK_ONE_IN) == 0) {
            look();
        } else {
            commit();
        }
    }

    private void find() {
        FindCoordinator.Request request = new FindCoordinator.Request(FindCoordinator.GROUP, List.of(group));
        CompletableFuture<?> unused = connections
                .open(anyBroker())
                .thenCompose(connection -> connection
                        .send(request, FindCoordinator.Response.class)
                        .whenComplete((response, failure) -> connection.close()))
                .thenCompose(response -> connect(response.coordinators().get(0)))
                .whenComplete((connection, failure) -> loop.execute(() -> {
                    coordinator = connection;
                    later(failure == null ? 0 : RETRY_MILLIS);
                }));
    }

    private CompletableFuture<Connection> connect(FindCoordinator.Found found) {
        return found.error() == ErrorCode.NONE
                ? connections.open(new BrokerEndpoint(found.host(), found.port()))
                : CompletableFuture.failedFuture(new IllegalStateException("No coordinator: " + found.error()));
    }

    private void commit() {
        long offset = ++next;
        OffsetCommit.Request request = new OffsetCommit.Request(
                group,
                OffsetCommit.NO_GENERATION,
                "",
                null,
                OffsetCommit.DEFAULT_RETENTION,
                List.of(new ByTopic<>(
                        partition.topic().value(),
                        List.of(new OffsetCommit.Offset(partition.partition(), offset, OffsetCommit.NO_EPOCH, "")))));
        CompletableFuture<?> unused = coordinator
                .send(request, OffsetCommit.Response.class)
                .whenComplete((response, failure) -> loop.execute(() -> committed(offset, response)));
    }

    /** @param response null if there is none */
    private void committed(long offset, OffsetCommit.Response response) {
        if (response == null || response.topics().get(0).partitions().get(0).error() != ErrorCode.NONE) {
            lost();
            return;
        }
        lastCommittedMillis = cluster.scheduler().millis();
        committed = Math.max(committed, offset);
        later(PAUSE_MILLIS);
    }

    private void look() {
        long atLeast = committed;
        OffsetFetch.Request request = new OffsetFetch.Request(
                List.of(new OffsetFetch.Group(
                        group, List.of(new ByTopic<>(partition.topic().value(), List.of(partition.partition()))))),
                false);
        CompletableFuture<?> unused = coordinator
                .send(request, OffsetFetch.Response.class)
                .whenComplete((response, failure) -> loop.execute(() -> looked(atLeast, response)));
    }

    /** @param response null if there is none */
    private void looked(long atLeast, OffsetFetch.Response response) {
        if (response == null || response.groups().get(0).error() != ErrorCode.NONE) {
            lost();
            return;
        }
        OffsetFetch.Offset found =
                response.groups().get(0).topics().get(0).partitions().get(0);
        if (found.error() != ErrorCode.NONE) {
            lost();
            return;
        }
        check(found.offset(), atLeast);
        later(PAUSE_MILLIS);
    }
}
