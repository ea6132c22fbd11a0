package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.only;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.PartitionListener;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader answers to followers, over a connection. */
class FollowerFetchTest {

    private static final int FOR_EVER = Integer.MAX_VALUE;
    private static final short VERSION = ApiKey.FETCH.max();

    private ServedPartitions served;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) {
        served = new ServedPartitions(directory);
        client = served.connect();
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private Partition leading(String topic) {
        return served.leading(topic, 0, LogConfig.DEFAULT, leadersWith(ServedPartitions.FOLLOWER));
    }

    private static Fetch.Query at(int leaderEpoch, long offset, int lastEpoch) {
        return at(leaderEpoch, offset, lastEpoch, ServedPartitions.REGISTRATION, ServedPartitions.TOPIC_ID);
    }

    private static Fetch.Query at(int leaderEpoch, long offset, int lastEpoch, long incarnation, UUID topicId) {
        return new Fetch.Query(0, leaderEpoch, offset, lastEpoch, 0, 1 << 20, incarnation, topicId);
    }

    private static Fetch.Query at(long offset) {
        return at(ServedPartitions.EPOCH, offset, offset == 0 ? Fetch.NO_EPOCH : ServedPartitions.EPOCH);
    }

    private static Fetch.Request fetch(
            int broker, int waitMillis, Fetch.Session session, String topic, Fetch.Query... at) {
        List<ByTopic<Fetch.Query>> topics = at.length == 0 ? List.of() : List.of(new ByTopic<>(topic, List.of(at)));
        return new Fetch.Request(
                broker, new Fetch.Bounds(waitMillis, 1, 1 << 20), Fetch.READ_UNCOMMITTED, session, topics, "");
    }

    private static Fetch.Request alone(String topic, Fetch.Query at) {
        return fetch(ServedPartitions.FOLLOWER, 0, Fetch.Session.NONE, topic, at);
    }

    private Fetch.Response ask(Fetch.Request request) {
        return client.ask(request, Fetch.Response.class);
    }

    private Fetch.Data askAlone(String topic, Fetch.Query at) {
        return only(ask(alone(topic, at)).topics());
    }

    private static Fetch.Session session(int id, int epoch) {
        return new Fetch.Session(id, epoch, List.of());
    }

    private int begin(String topic, Fetch.Query at) {
        int id = ask(fetch(ServedPartitions.FOLLOWER, 0, session(0, 0), topic, at))
                .sessionId();
        assertThat(id).isPositive();
        return id;
    }

    private Fetch.Response receive(int number) {
        RawClient.Answer<Fetch.Response> answer = client.receive(ApiKey.FETCH, VERSION, Fetch.Response.class);
        assertThat(answer.correlationId()).isEqualTo(number);
        return answer.body();
    }

    private void append(Partition partition, String... values) {
        assertThat(partition.append(batch(1_000, values), Durability.LEADER).accepted())
                .isTrue();
    }

    @Test
    void aFollowerGetsWhatIsNotCommittedAndCommitsItByAskingForMore() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a", "b");

        // when
        Fetch.Data first = askAlone("clicks", at(0));
        long before = partition.highWatermark();
        Fetch.Data second = askAlone("clicks", at(2));

        // then
        assertThat(values(first, 0)).containsExactly("a", "b");
        assertThat(before).isZero();
        assertThat(second.highWatermark())
                .as("the fetch counts before it is answered")
                .isEqualTo(2);
    }

    @Test
    void onlyBrokersThatHaveAReplicaAreFollowers() {
        Partition partition = leading("clicks");
        append(partition, "a");

        assertThat(ask(fetch(9, 0, Fetch.Session.NONE, "clicks", at(1))).error())
                .isEqualTo(ErrorCode.CLUSTER_AUTHORIZATION_FAILED);
        served.unreplicated.add(partition.id());
        assertThat(askAlone("clicks", at(1)).error()).isEqualTo(ErrorCode.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(partition.highWatermark()).isZero();
    }

    @Test
    void aFollowerMustKnowTheLeadersTerm() {
        leading("clicks");

        assertThat(askAlone("clicks", at(4, 0, -1)).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(askAlone("clicks", at(6, 0, -1)).error()).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(askAlone("clicks", at(-1, 0, -1)).error()).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(askAlone("none", at(5, 0, -1)).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void whereTheLogsHavePartedTheLeaderSaysWhereAndSendsNothing() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a", "b", "c");
        partition.lead(8, new Isr(Set.of(ServedPartitions.BROKER), 1));
        append(partition, "d");

        // when
        Fetch.Data longer = askAlone("clicks", at(8, 4, 5));
        Fetch.Data other = askAlone("clicks", at(8, 4, 7));
        Fetch.Data fits = askAlone("clicks", at(8, 3, 5));

        // then
        assertThat(longer.diverging()).isEqualTo(new Fetch.Diverging(5, 3));
        assertThat(longer.recordBytes().isReadable()).isFalse();
        assertThat(other.diverging()).isEqualTo(new Fetch.Diverging(5, 3));
        assertThat(fits.diverging()).isEqualTo(Fetch.Diverging.NONE);
        assertThat(values(fits, 0)).containsExactly("d");
    }

    @Test
    void whoAsksForWhatIsDeletedLearnsWhereTheLogStarts() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a");
        append(partition, "b");
        partition.log().advanceStart(1);

        // when
        Fetch.Data answer = askAlone("clicks", at(0));

        // then
        assertThat(answer.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(answer.logStartOffset()).isEqualTo(1);
    }

    @Test
    void aFetchWaitsForTheEndOfTheLogToMove() {
        // given
        Partition partition = leading("clicks");
        int id = begin("clicks", at(0));
        client.send(1, fetch(ServedPartitions.FOLLOWER, FOR_EVER, session(id, 1), "clicks"));
        await().until(() -> partition.waiting() == 1);

        // when
        append(partition, "a");

        // then
        assertThat(values(only(receive(1).topics()), 0)).containsExactly("a");
    }

    @Test
    void theNextFetchEndsTheWaitOfTheOneBefore() {
        // given
        Partition partition = leading("clicks");
        Partition urgent = leading("urgent");
        append(urgent, "now");
        int id = begin("clicks", at(0));
        client.send(1, fetch(ServedPartitions.FOLLOWER, FOR_EVER, session(id, 1), "clicks"));
        await().until(() -> partition.waiting() == 1);

        // when
        client.send(2, fetch(ServedPartitions.FOLLOWER, FOR_EVER, session(id, 2), "urgent", at(0)));

        // then
        assertThat(receive(1).topics()).isEmpty();
        assertThat(values(only(receive(2).topics()), 0)).containsExactly("now");
    }

    @Test
    void aSessionTellsOfWhatIsNewOnly() {
        // given
        Partition partition = leading("clicks");
        Partition other = leading("other");
        int id = ask(new Fetch.Request(
                        ServedPartitions.FOLLOWER,
                        new Fetch.Bounds(0, 1, 1 << 20),
                        Fetch.READ_UNCOMMITTED,
                        session(0, 0),
                        Stream.of("clicks", "other")
                                .map(topic -> new ByTopic<>(topic, List.of(at(0))))
                                .toList(),
                        ""))
                .sessionId();

        // when
        append(other, "a");
        Fetch.Response news = ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 1), ""));
        Fetch.Response committed = ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 2), "other", at(1)));
        Fetch.Response nothing = ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 3), ""));

        // then
        assertThat(news.topics()).extracting(ByTopic::topic).containsExactly("other");
        assertThat(only(committed.topics()).highWatermark()).isEqualTo(1);
        assertThat(nothing.topics()).isEmpty();
        assertThat(partition.waiting())
                .as("waits once, however often it is asked")
                .isEqualTo(1);
    }

    @Test
    void whatIsForgottenIsNotWaitedFor() {
        // given
        Partition partition = leading("clicks");
        int id = begin("clicks", at(0));

        // when
        Fetch.Session forgetting = new Fetch.Session(id, 1, List.of(new ByTopic<>("clicks", List.of(0))));
        ask(fetch(ServedPartitions.FOLLOWER, 0, forgetting, ""));
        append(partition, "a");

        // then
        assertThat(ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 2), "")).topics())
                .isEmpty();
        assertThat(partition.waiting()).isZero();
    }

    @Test
    void aSessionEndsWithItsConnectionAndWithTheFollowersRegistration() {
        // given
        Partition partition = leading("clicks");
        int id = begin("clicks", at(0));

        // when: it registers anew
        served.registrations.put(ServedPartitions.FOLLOWER, 77L);
        Fetch.Response answer = ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 1), ""));

        // then
        assertThat(answer.error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        client.close();
        await().until(() -> partition.waiting() == 0);
    }

    @Test
    void aNumberThatIsOutOfTurnIsRefused() {
        leading("clicks");
        int id = begin("clicks", at(0));

        assertThat(ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 7), "")).error())
                .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(ask(fetch(ServedPartitions.OTHER_FOLLOWER, 0, session(id, 1), ""))
                        .error())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void whoWaitsHearsThatTheTermIsOver() {
        // given
        Partition partition = leading("clicks");
        int id = begin("clicks", at(0));
        client.send(1, fetch(ServedPartitions.FOLLOWER, FOR_EVER, session(id, 1), "clicks"));
        await().until(() -> partition.waiting() == 1);

        // when
        partition.follow(6, 3);

        // then
        assertThat(only(receive(1).topics()).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whatIsThrottledWaitsAndTheRestDoesNot() {
        // given: a debt of an hour
        Partition slow = leading("slow");
        slow.lead(ServedPartitions.EPOCH, 1, new Isr(Set.of(ServedPartitions.BROKER), 1));
        Partition quick = leading("quick");
        append(slow, "a");
        append(quick, "b");
        served.throttle.limit(1, id -> id.equals(slow.id()));
        served.throttle.took(slow.id(), 3_600);

        // when
        Fetch.Data held = askAlone("slow", at(0));
        Fetch.Data free = askAlone("quick", at(0));
        slow.lead(ServedPartitions.EPOCH, 2, new Isr(Set.of(ServedPartitions.BROKER, ServedPartitions.FOLLOWER), 1));
        Fetch.Data inSync = askAlone("slow", at(0));

        // then
        assertThat(held.error()).isEqualTo(ErrorCode.NONE);
        assertThat(held.recordBytes().isReadable()).isFalse();
        assertThat(values(free, 0)).containsExactly("b");
        assertThat(values(inSync, 0)).as("who is in sync is not held back").containsExactly("a");
    }

    private static Fetch.Request consumer(String topic, long offset, String rack) {
        Fetch.Request plain = Requests.fetch(topic, offset, 0);
        return new Fetch.Request(
                Fetch.CONSUMER, plain.bounds(), plain.isolation(), plain.session(), plain.topics(), rack);
    }

    /** A follower's machine lost power after it had asked; what it asked arrives once it has registered anew. */
    @Test
    void whatAnEarlierIncarnationAskedCountsForNothing() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a", "b");
        served.registrations.put(ServedPartitions.FOLLOWER, ServedPartitions.REGISTRATION + 1);

        // when
        Fetch.Data late = askAlone("clicks", at(2));
        Fetch.Query silent =
                at(ServedPartitions.EPOCH, 2, ServedPartitions.EPOCH, Fetch.NO_INCARNATION, ServedPartitions.TOPIC_ID);
        Fetch.Data anonymous = askAlone("clicks", silent);

        // then
        assertThat(late.error()).isEqualTo(ErrorCode.STALE_BROKER_EPOCH);
        assertThat(anonymous.error()).isEqualTo(ErrorCode.STALE_BROKER_EPOCH);
        assertThat(partition.highWatermark()).isZero();
        assertThat(partition.standings(1, 1).get(ServedPartitions.FOLLOWER).fetchOffset())
                .isNegative();
    }

    /** A topic was deleted and made anew, which only one of the two brokers has heard of; both terms have one number. */
    @Test
    void whatAFollowerHasOfAnotherTopicOfThatNameCountsForNothing() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a", "b");
        UUID earlier = new UUID(5, 6);

        // when
        Fetch.Data refused = askAlone(
                "clicks",
                at(ServedPartitions.EPOCH, 2, ServedPartitions.EPOCH, ServedPartitions.REGISTRATION, earlier));

        // then
        assertThat(refused.error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(partition.highWatermark()).isZero();
        assertThat(partition.standings(1, 1).get(ServedPartitions.FOLLOWER).fetchOffset())
                .isNegative();
    }

    /** Nor while it stands in a session, which the leader looks through again and again. */
    @Test
    void aSessionOfAnEarlierIncarnationCountsForNothing() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a", "b");
        served.incarnations.put(partition.id(), ServedPartitions.REGISTRATION + 5); // begun anew, and it will ask soon
        int id = begin("clicks", at(2));

        // when
        ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 1), ""));

        // then
        assertThat(partition.highWatermark()).isZero();
        assertThat(partition.standings(1, 1).get(ServedPartitions.FOLLOWER).fetchOffset())
                .isNegative();
    }

    @Test
    void whatAFollowerAsksForAgainIsSuspected() {
        // given
        Partition partition = leading("clicks");
        List<Long> suspected = new CopyOnWriteArrayList<>();
        served.partitions.listen(new PartitionListener() {
            @Override
            public void suspected(Partition which, long offset, int bytes) {
                suspected.add(offset);
            }
        });
        append(partition, "a", "b");
        append(partition, "c");
        int id = begin("clicks", at(0));

        // when
        ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 1), "clicks", at(3)));
        assertThat(suspected).isEmpty();
        append(partition, "d");
        ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 2), ""));
        ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 3), "clicks", at(3)));

        // then
        assertThat(suspected).containsExactly(3L);
    }

    /** As followers do it: what cannot be used is let go of, and asked for again after a rest. */
    @Test
    void whatAFollowerAsksForAgainIsSuspectedAlsoIfItLetGoOfThePartitionMeanwhile() {
        // given
        Partition partition = leading("clicks");
        List<Long> suspected = new CopyOnWriteArrayList<>();
        served.partitions.listen(new PartitionListener() {
            @Override
            public void suspected(Partition which, long offset, int bytes) {
                suspected.add(offset);
            }
        });
        append(partition, "a", "b");
        int id = begin("clicks", at(0));

        // when
        Fetch.Session without = new Fetch.Session(id, 1, List.of(new ByTopic<>("clicks", List.of(0))));
        ask(fetch(ServedPartitions.FOLLOWER, 0, without, ""));
        Fetch.Data again = only(ask(fetch(ServedPartitions.FOLLOWER, 0, session(id, 2), "clicks", at(0)))
                .topics());

        // then
        assertThat(suspected).containsExactly(0L);
        assertThat(values(again, 0)).containsExactly("a", "b");
        assertThat(again.highWatermark()).isZero();
    }

    /** KIP-392. */
    @Test
    void aConsumerIsSentToTheReplicaThatTheRulePrefers() {
        // given
        Partition partition = leading("clicks");
        append(partition, "a");
        served.nearest = (which, rack, offset) ->
                rack.equals("east") && offset == 0 ? ServedPartitions.FOLLOWER : Fetch.NO_REPLICA;

        // when
        Fetch.Data east = only(ask(consumer("clicks", 0, "east")).topics());
        Fetch.Data west = only(ask(consumer("clicks", 0, "west")).topics());

        // then
        assertThat(east.preferredReplica()).isEqualTo(ServedPartitions.FOLLOWER);
        assertThat(east.recordBytes().isReadable()).isFalse();
        assertThat(west.preferredReplica()).isEqualTo(Fetch.NO_REPLICA);
    }

    /** KIP-392. */
    @Test
    void aFollowerServesConsumersUpToItsHighWatermark() {
        // given: a log of three records, one of them committed by the leader's word
        Partition partition = served.leading("clicks", 0);
        append(partition, "a");
        append(partition, "b");
        partition.lead(6, leadersWith(ServedPartitions.FOLLOWER));
        append(partition, "c");
        partition.follow(7, ServedPartitions.FOLLOWER);

        // when
        Fetch.Data committed = only(ask(consumer("clicks", 0, "")).topics());
        Fetch.Data uncommitted = only(ask(consumer("clicks", 3, "")).topics());
        Fetch.Data beyond = only(ask(consumer("clicks", 4, "")).topics());
        Fetch.Data old = only(client.ask(consumer("clicks", 0, ""), (short) 10, Fetch.Response.class)
                .topics());

        // then
        assertThat(values(committed, 0)).containsExactly("a", "b");
        assertThat(uncommitted.error()).isEqualTo(ErrorCode.NONE);
        assertThat(uncommitted.recordBytes().isReadable()).isFalse();
        assertThat(beyond.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(old.error()).as("knows of leaders only").isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private static Isr leadersWith(int other) {
        return new Isr(Set.of(ServedPartitions.BROKER, other), 1);
    }
}
