package io.millstream.broker.replica;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.ByTopic;
import io.millstream.wire.message.Fetch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies from one leader all partitions that follow it. They share one incremental fetch (KIP-227): it waits at the leader
 * until there is something, and the next one goes out as soon as what came is in the logs.
 *
 * <p>A partition that is being dealt with for longer, or has failed, is left out meanwhile, and holds up no other. What
 * becomes ready while a fetch waits is asked for by a second one, which makes the leader answer the first: nobody waits for
 * the end of a wait. An answer counts for a partition only if it was asked for in its present term and from its present
 * end, so what is late is dropped.
 *
 * <p>Belongs to its loop.
 */
final class ReplicaFetcher {

    private static final Logger log = LoggerFactory.getLogger(ReplicaFetcher.class);

    /** How long the next fetch waits for appends, so that they need not be taken out of the session and put in again. */
    private static final int APPEND_PATIENCE_MILLIS = 20;

    private static final int MOST_UNDER_WAY = 2;

    private final int leader;
    private final FetcherStage stage;
    private final LeaderLink link;

    private final Map<String, Map<Integer, FollowedPartition>> followed = new HashMap<>();
    private final Set<FollowedPartition> changed = new LinkedHashSet<>(); // not as the leader knows them
    private final Set<FollowedPartition> resting = new LinkedHashSet<>();
    private FollowerSession session; // null while there is no connection
    private long requests;
    private int underWay;
    private FetchedWork appends = FetchedWork.DONE; // that the next fetch waits for
    private boolean looksSoon;
    private Loop.Timer restTimer; // null while nobody rests
    private long restTimerNanos; // when it is due

    /** @param endpoint where the leader is now; empty while nobody knows */
    ReplicaFetcher(int leader, FetcherStage stage, Supplier<Optional<BrokerEndpoint>> endpoint) {
        this.leader = leader;
        this.stage = stage;
        this.link = new LeaderLink(leader, stage, endpoint, this::linkChanged);
    }

    FetcherStage stage() {
        return stage;
    }

    /** Follows in a term, in the place of an earlier one. */
    void follow(Partition partition, int epoch) {
        stage.loop().assertOwned();
        unfollow(partition.id());
        FollowedPartition one = new FollowedPartition(partition, epoch);
        followed.computeIfAbsent(partition.id().topic().value(), topic -> new HashMap<>())
                .put(partition.id().partition(), one);
        goOn(one);
    }

    /** Follows no more; what is on its way is dropped. */
    void unfollow(TopicPartition id) {
        stage.loop().assertOwned();
        String topic = id.topic().value();
        find(topic, id.partition()).ifPresent(one -> {
            Map<Integer, FollowedPartition> ofTopic = followed.get(topic);
            ofTopic.remove(id.partition());
            if (ofTopic.isEmpty()) {
                followed.remove(topic);
            }
            one.leave();
            resting.remove(one);
            note(one);
            lookSoon();
        });
    }

    private Optional<FollowedPartition> find(String topic, int partition) {
        Map<Integer, FollowedPartition> ofTopic = followed.get(topic);
        return ofTopic == null ? Optional.empty() : Optional.ofNullable(ofTopic.get(partition));
    }

    /** The leader has to hear of a change. A session that is yet to begin tells of everything. */
    private void note(FollowedPartition one) {
        if (session != null) {
            changed.add(one);
        }
    }

    private void linkChanged() {
        session = null;
        underWay = 0;
        lookSoon();
    }

    /** Looks at what is to be asked for, after what else has happened by now. */
    private void lookSoon() {
        if (!looksSoon) {
            looksSoon = true;
            stage.post(this::look);
        }
    }

    private void look() {
        looksSoon = false;
        if (followed.isEmpty()) {
            link.close();
            session = null;
            changed.clear();
            return;
        }
        link.connection().ifPresent(connection -> {
            if (session == null) {
                beginSession();
            }
            if (isTimeToAsk()) {
                ask(connection);
            }
        });
    }

    private void beginSession() {
        session = new FollowerSession(stage.settings(), stage.incarnations());
        changed.clear();
        underWay = 0;
    }

    private boolean isTimeToAsk() {
        if (!session.isOpen()) {
            return underWay == 0 && anyReady(all());
        }
        return underWay == 0
                ? appends.isDone() && (session.asksForSomething() || anyReady(changed))
                : underWay < MOST_UNDER_WAY && anyReady(changed);
    }

    private static boolean anyReady(Collection<FollowedPartition> some) {
        return some.stream().anyMatch(FollowedPartition::isReady);
    }

    private void ask(Connection connection) {
        long number = ++requests;
        FollowerSession current = session;
        Fetch.Request request = current.next(number, all(), changed);
        changed.clear();
        underWay++;
        var unused = connection
                .send(request, Fetch.Response.class, stage.settings().timeout())
                .whenComplete((response, failure) -> stage.post(() -> {
                    if (session != current) {
                        return; // of a connection or a session that is over
                    }
                    underWay--;
                    if (failure == null) {
                        answered(connection, number, response);
                    } else {
                        link.lost(connection, failure.getMessage());
                    }
                }));
    }

    private Collection<FollowedPartition> all() {
        List<FollowedPartition> all = new ArrayList<>();
        followed.values().forEach(ofTopic -> all.addAll(ofTopic.values()));
        return all;
    }

    private void answered(Connection connection, long number, Fetch.Response response) {
        switch (response.error()) {
            case NONE -> {
                link.works();
                session.answered(response.sessionId());
                take(number, response.topics());
                look();
            }
            case FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH -> {
                log.debug(
                        "Broker {} has given up the fetch session of {}",
                        leader,
                        stage.settings().brokerId());
                beginSession();
                look();
            }
            default -> link.lost(connection, "it answers " + response.error());
        }
    }

    private void take(long number, List<ByTopic<Fetch.Data>> topics) {
        FetchedWork work = new FetchedWork(stage, this::finished);
        for (ByTopic<Fetch.Data> topic : topics) {
            for (Fetch.Data data : topic.partitions()) {
                find(topic.topic(), data.partition())
                        .filter(one -> one.isAnsweredBy(number))
                        .ifPresent(one -> take(one, data, work));
            }
        }
        appends = work;
        work.begin();
        if (!work.isDone()) {
            stage.loop()
                    .schedule(
                            () -> {
                                work.waitNoLonger();
                                lookSoon();
                            },
                            APPEND_PATIENCE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void take(FollowedPartition one, Fetch.Data data, FetchedWork work) {
        one.heard(data.highWatermark());
        switch (FetchedStep.of(one.asked(), data)) {
            case APPEND -> {
                if (one.isBehind()) {
                    stage.throttle().took(one.id(), data.records().sizeInBytes());
                }
                work.append(begin(one), data);
            }
            case LEARN -> {
                work.learn(one, data);
                settle(one);
            }
            case TRUNCATE -> work.truncate(begin(one), data);
            case RESTART -> work.restart(begin(one), data);
            case PAUSE -> pause(one, "the leader answers " + data.error(), FetchedStep.isUsual(data.error()));
        }
    }

    private FollowedPartition begin(FollowedPartition one) {
        one.begin();
        note(one);
        return one;
    }

    /** What came for a partition has been dealt with; {@code failure} is null if that went well. */
    private void finished(FollowedPartition one, String failure) {
        if (one.isGone()) {
            return;
        }
        if (failure == null) {
            settle(one);
            goOn(one);
        } else {
            pause(one, failure, false);
        }
    }

    private void settle(FollowedPartition one) {
        if (one.endTrouble()) {
            log.info("{} follows broker {} again", one, leader);
        }
    }

    /** Asks for what comes next, once what is there counts as stored and the throttle lets it. */
    private void goOn(FollowedPartition one) {
        if (one.isGone()) {
            return;
        }
        Optional<FollowerPosition> at = one.position();
        if (at.isEmpty()) {
            one.begin(); // it follows no more, which this fetcher will be told
            return;
        }
        if (one.partition().following().isCutPending()) { // nobody else would do it before there is something to append
            FetchedWork work = new FetchedWork(stage, this::finished);
            work.finishCut(begin(one));
            work.begin();
            return;
        }
        if (!at.get().stored()) {
            one.begin();
            one.partition().following().awaitStored(at.get(), () -> stage.post(() -> goOn(one)));
            return;
        }
        long wait = one.isBehind() ? stage.throttle().waitMillis(one.id()) : 0;
        if (wait > 0) {
            rest(one, wait);
            return;
        }
        one.resume();
        note(one);
        lookSoon();
    }

    private void pause(FollowedPartition one, String what, boolean usual) {
        if (one.isNewTrouble(what)) {
            if (usual) {
                log.info("{} waits to follow broker {}: {}", one, leader, what);
            } else {
                log.warn("{} cannot follow broker {}: {}; it is tried again", one, leader, what);
            }
        }
        rest(one, stage.settings().pauseMillis(one.fail()));
    }

    private void rest(FollowedPartition one, long millis) {
        one.rest(stage.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(millis));
        note(one);
        resting.add(one);
        awaitRested();
    }

    /** One timer for all, for whoever has rested first: those that fail together are asked for together again. */
    private void awaitRested() {
        if (resting.isEmpty()) {
            return;
        }
        long now = stage.clock().nanos();
        long left = resting.stream()
                .mapToLong(one -> one.restsUntilNanos() - now)
                .min()
                .orElseThrow();
        if (restTimer != null) {
            if (restTimerNanos - now <= left) {
                return;
            }
            restTimer.cancel();
        }
        restTimerNanos = now + left;
        restTimer = stage.loop().schedule(this::wakeRested, Math.max(0, left), TimeUnit.NANOSECONDS);
    }

    private void wakeRested() {
        restTimer = null;
        long now = stage.clock().nanos();
        List<FollowedPartition> rested =
                resting.stream().filter(one -> one.restsUntilNanos() - now <= 0).toList();
        rested.forEach(resting::remove);
        rested.forEach(this::goOn);
        awaitRested();
    }
}
