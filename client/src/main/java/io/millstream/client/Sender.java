package io.millstream.client;

import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.net.Connection;
import io.millstream.net.ConnectionException;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends what the lanes have due, all of one leader's in one request, and hands each its result. Everything runs on the
 * client's loop, in short turns: expire, collect, send, set the timer for the next turn.
 */
final class Sender {

    /** About how many bytes of records one request holds. */
    private static final int REQUEST_BYTES = 4 * 1024 * 1024;

    private final Cluster cluster;
    private final ProducerSettings settings;
    private final BufferBudget budget;
    private final Identities identities;
    private final Loop loop;
    private final AtomicBoolean turnDue = new AtomicBoolean();

    private final Map<PartitionQueue, Lane> lanes = new HashMap<>();
    private final Set<Lane> active = new LinkedHashSet<>();
    private Loop.Timer timer = () -> {};
    private volatile ClientException ended;

    Sender(Cluster cluster, ProducerSettings settings, BufferBudget budget) {
        this.cluster = cluster;
        this.settings = settings;
        this.budget = budget;
        this.loop = cluster.environment().loop();
        this.identities = new Identities(cluster, settings.deliveryTimeout(), this::wakeUp, this::endNow);
    }

    /** Why nothing is sent any more; null while it is. Safe from any thread. */
    ClientException ended() {
        return ended;
    }

    /** Something waits in this queue. Safe from any thread. */
    void enlist(PartitionQueue queue) {
        post(() -> {
            Lane lane = lanes.computeIfAbsent(
                    queue,
                    each -> new Lane(
                            each,
                            budget,
                            new Backoff(
                                    cluster.settings(), cluster.environment().entropy())));
            if (ended != null) {
                lane.end(ended);
            } else {
                active.add(lane);
                turn();
            }
        });
    }

    /** Something may be due. Safe from any thread, and cheap when called often. */
    void wakeUp() {
        if (turnDue.compareAndSet(false, true)) {
            post(this::turn);
        }
    }

    /** Fails everything that has no outcome yet, and all that comes. Safe from any thread. Completes when it is done. */
    CompletableFuture<Void> end(ClientException why) {
        try {
            return CompletableFuture.runAsync(() -> endNow(why), loop);
        } catch (RejectedExecutionException closed) {
            endNow(why); // the loop has ended, so nothing else runs here any more
            return CompletableFuture.completedFuture(null);
        }
    }

    private void post(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            throw new ClientException("The cluster that this producer was made for is closed", closed);
        }
    }

    private void endNow(ClientException why) {
        if (ended == null) {
            ended = why;
            timer.cancel();
            lanes.values().forEach(lane -> lane.end(why));
            active.clear();
        }
    }

    private long now() {
        return cluster.environment().clock().nanos();
    }

    private void turn() {
        turnDue.set(false);
        if (ended != null) {
            return;
        }
        long now = now();
        Map<Integer, List<Lane>> byLeader = new TreeMap<>();
        Set<TopicName> leaderless = new HashSet<>();
        Iterator<Lane> each = active.iterator();
        while (each.hasNext()) {
            Lane lane = each.next();
            lane.expire(now, settings.deliveryTimeout().toNanos());
            if (lane.due(now) == null) {
                if (lane.retire()) {
                    each.remove();
                }
            } else if (identities.provide(lane)) {
                address(lane, byLeader, leaderless, now);
            }
        }
        if (!leaderless.isEmpty()) {
            learn(leaderless);
        }
        byLeader.forEach(this::send);
        setTimer(now);
    }

    private void address(Lane lane, Map<Integer, List<Lane>> byLeader, Set<TopicName> leaderless, long now) {
        ClusterView.Leader leader = cluster.view().leader(lane.partition()).orElse(null);
        if (leader == null) {
            leaderless.add(lane.partition().topic());
            lane.pause("partition " + lane.partition() + " has no leader", now);
        } else {
            byLeader.computeIfAbsent(leader.broker().id(), id -> new ArrayList<>())
                    .add(lane);
        }
    }

    private void learn(Set<TopicName> topics) {
        Async.then(cluster.learn(topics), (view, failure) -> wakeUp());
    }

    private void setTimer(long now) {
        timer.cancel();
        long wait = Long.MAX_VALUE;
        for (Lane lane : active) {
            wait = Math.min(wait, lane.nanosUntilDue(now));
            wait = Math.min(
                    wait, lane.nanosUntilOverdue(now, settings.deliveryTimeout().toNanos()));
        }
        if (wait != Long.MAX_VALUE) {
            timer = loop.schedule(this::turn, wait, TimeUnit.NANOSECONDS);
        }
    }

    private void send(int leader, List<Lane> due) {
        List<Lane> together = new ArrayList<>();
        long bytes = 0;
        for (Lane lane : due) {
            if (!built(lane)) {
                continue;
            }
            int size = lane.sending().sizeInBytes();
            if (!together.isEmpty() && bytes + size > REQUEST_BYTES) {
                request(leader, together);
                together = new ArrayList<>();
                bytes = 0;
            }
            together.add(lane);
            bytes += size;
        }
        if (!together.isEmpty()) {
            request(leader, together);
        }
    }

    /** Whether the batch could be built: memory may be short, or a codec's native code not be loadable here. */
    private boolean built(Lane lane) {
        try {
            lane.send();
            return true;
        } catch (RuntimeException | Error e) { // must not take the other lanes with it
            lane.refused(
                    new ClientException("A batch for partition " + lane.partition() + " cannot be built: " + e, e));
            wakeUp(); // what waits behind it in the lane
            return false;
        }
    }

    private void request(int leader, List<Lane> together) {
        CompletableFuture<Produce.Response> answer =
                cluster.connection(leader).thenCompose(connection -> write(connection, together));
        Async.then(Async.on(loop, answer), (response, failure) -> {
            if (failure != null) {
                notAnswered(together, failure);
            } else {
                answered(together, response);
            }
            wakeUp();
        });
    }

    /** On the loop, because the cluster's futures complete there; the payloads get references of their own. */
    private CompletableFuture<Produce.Response> write(Connection connection, List<Lane> together) {
        Map<TopicName, List<Produce.Data>> topics = new TreeMap<>();
        for (Lane lane : together) {
            topics.computeIfAbsent(lane.partition().topic(), topic -> new ArrayList<>())
                    .add(new Produce.Data(
                            lane.partition().partition(),
                            new BytesPayload(lane.sending().bytesToSend())));
        }
        List<ByTopic<Produce.Data>> data = topics.entrySet().stream()
                .map(each -> new ByTopic<>(each.getKey().value(), each.getValue()))
                .toList();
        int patience = (int) (cluster.settings().connection().requestTimeout().toMillis() * 3 / 4);
        return connection.send(new Produce.Request(null, Produce.ACKS_ALL, patience, data), Produce.Response.class);
    }

    private void notAnswered(List<Lane> together, Throwable failure) {
        Set<TopicName> topics = new HashSet<>();
        for (Lane lane : together) {
            topics.add(lane.partition().topic());
            if (!Retry.passes(failure)) {
                lane.refused(
                        new ClientException("Partition " + lane.partition() + ": " + failure.getMessage(), failure));
            } else {
                boolean sent = failure instanceof ConnectionException lost && lost.mayHaveActed();
                lane.failed(failure.getMessage(), sent ? Lane.Doubt.MAY_BE_STORED : Lane.Doubt.NOT_STORED, now());
            }
        }
        learn(topics);
    }

    private void answered(List<Lane> together, Produce.Response response) {
        Map<String, Map<Integer, Produce.Result>> results = new HashMap<>();
        response.topics().forEach(topic -> topic.partitions()
                .forEach(result -> results.computeIfAbsent(topic.topic(), name -> new HashMap<>())
                        .put(result.partition(), result)));
        Set<TopicName> moved = new HashSet<>();
        ClientException fatal = null;
        for (Lane lane : together) {
            Produce.Result result = results.getOrDefault(
                            lane.partition().topic().value(), Map.of())
                    .get(lane.partition().partition());
            if (result == null) {
                lane.failed("the broker left it out of its answer", Lane.Doubt.MAY_BE_STORED, now());
            } else if (Outcome.endsProducer(result.error())) {
                fatal = new ClientException("Partition " + lane.partition() + " refused a batch: " + said(result)
                        + "; acknowledged records may be lost there, so this producer stops");
                lane.refused(fatal);
            } else if (conclude(lane, result)) {
                moved.add(lane.partition().topic());
            }
        }
        if (fatal != null) {
            endNow(fatal);
        }
        if (!moved.isEmpty()) {
            learn(moved);
        }
    }

    /** @return whether the leader should be looked for anew */
    private boolean conclude(Lane lane, Produce.Result result) {
        ErrorCode error = result.error();
        if (error == ErrorCode.NONE || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
            lane.stored(result);
            return false;
        }
        if (Outcome.passes(error)) {
            lane.failed(
                    said(result),
                    Outcome.surelyNotStored(error) ? Lane.Doubt.NOT_STORED : Lane.Doubt.MAY_BE_STORED,
                    now());
            return true;
        }
        lane.refused(new ClientException("Partition " + lane.partition() + " refused a batch: " + said(result)));
        return false;
    }

    private static String said(Produce.Result result) {
        String said = result.error().description() + " (" + result.error() + ")";
        return result.errorMessage() == null ? said : said + ": " + result.errorMessage();
    }
}
