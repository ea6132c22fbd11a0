package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.TopicDeletion;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReassignmentTest {

    private static final ElectionRules.Source RULES = (cluster, topic) -> States.RULES;
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    /** Brokers 1 to 5; one partition at 1, 2 and 3. */
    private ClusterState cluster = States.with(
            States.brokers(Map.of(1, 10L, 2, 20L, 3, 30L, 4, 40L, 5, 50L)),
            "t",
            States.assignment(1, 1, 2, 3),
            Brokers.state(1, 0, 10, List.of(1, 2, 3), List.of()));

    private TopicAssignment assignment() {
        return cluster.topics().get(T0.topic()).assignment().value();
    }

    private PartitionState state() {
        return cluster.state(T0).orElseThrow();
    }

    /** Asks for it as the controller does, and does what is decided. */
    private Optional<Refusal> ask(Integer... replicas) {
        return ask(Optional.of(List.of(replicas)));
    }

    private Optional<Refusal> cancel() {
        return ask(Optional.empty());
    }

    private Optional<Refusal> ask(Optional<List<Integer>> replicas) {
        Reassignment change = new Reassignment(new TreeMap<>(Map.of(T0, replicas)), RULES);
        if (change.done(cluster).isEmpty()) {
            apply(change.decide(cluster).value());
        }
        return change.done(cluster).orElseThrow().get(T0);
    }

    private void apply(Decision decision) {
        decision.multis().forEach(steps -> steps.forEach(this::apply));
    }

    private void apply(Write write) {
        TopicName name = T0.topic();
        ClusterState.Topic topic = cluster.topics().get(name);
        if (write.path().equals(Paths.deletedTopic(name))) {
            byte[] data = write instanceof Write.Create create ? create.data() : ((Write.Update) write).data();
            remember(Document.read(data, TopicDeletion.class, write.path()));
        } else if (write instanceof Write.Update update && update.path().endsWith("/state")) {
            set(Document.read(update.data(), PartitionState.class, update.path()));
        } else if (write instanceof Write.Update update) {
            TopicAssignment next = Document.read(update.data(), TopicAssignment.class, update.path());
            put(new ClusterState.Topic(topic.assignment().with(next), topic.states()));
        }
    }

    private void put(ClusterState.Topic topic) {
        SortedMap<TopicName, ClusterState.Topic> topics = new TreeMap<>(cluster.topics());
        topics.put(T0.topic(), topic);
        put(topics, cluster.deletions());
    }

    private void put(
            SortedMap<TopicName, ClusterState.Topic> topics, SortedMap<TopicName, Versioned<TopicDeletion>> deletions) {
        cluster = new ClusterState(
                cluster.controller(),
                cluster.brokers(),
                topics,
                cluster.unfinished(),
                cluster.configs(),
                deletions,
                cluster.overrides());
    }

    private void remember(TopicDeletion leftovers) {
        put(cluster.topics(), new TreeMap<>(Map.of(T0.topic(), States.versioned(leftovers, 2))));
    }

    /** Brokers that may hold a log that is not theirs any more. */
    private List<Integer> leftovers() {
        return Optional.ofNullable(cluster.deletions().get(T0.topic()))
                .map(its -> its.value().pending().get(assignment().topicId()))
                .orElse(List.of());
    }

    private void set(PartitionState state) {
        SortedMap<Integer, Versioned<PartitionState>> states =
                new TreeMap<>(cluster.topics().get(T0.topic()).states());
        states.put(0, states.get(0).with(state));
        put(new ClusterState.Topic(cluster.topics().get(T0.topic()).assignment(), states));
    }

    private void inSync(Integer... isr) {
        PartitionState now = state();
        set(Brokers.state(now.leader(), now.leaderEpoch(), now.leaderRegistration(), List.of(isr), now.eligible()));
    }

    private void complete() {
        Reassignments.due(cluster, RULES).ifPresent(this::apply);
    }

    @Test
    void aPartitionHasItsOldAndNewReplicasUntilTheNewOnesAreInSync() {
        // when
        assertThat(ask(4, 5, 1)).isEmpty();

        // then
        assertThat(assignment().partitions().get(0)).containsExactly(4, 5, 1, 2, 3);
        assertThat(assignment().adding().get(0)).containsExactly(4, 5);
        assertThat(assignment().removing().get(0)).containsExactly(2, 3);
        inSync(1, 2, 3, 4);
        assertThat(Reassignments.due(cluster, RULES)).isEmpty();

        // when
        inSync(1, 2, 3, 4, 5);
        complete();

        // then
        assertThat(assignment()).isEqualTo(new TopicAssignment(assignment().topicId(), States.assignment(1, 4, 5, 1)));
        assertThat(state().isr()).containsExactlyInAnyOrder(1, 4, 5);
        assertThat(state().leader()).as("it stays where it may").isEqualTo(1);
        assertThat(state().leaderEpoch())
                .as("what it knows of replicas that left must not outlive their logs")
                .isEqualTo(1);
    }

    @Test
    void whoLosesAReplicaIsRememberedUntilItSaysThatTheLogIsGone() {
        ask(4, 5, 1);
        assertThat(leftovers()).as("nobody has lost one yet").isEmpty();
        inSync(1, 2, 3, 4, 5);
        complete();
        assertThat(leftovers()).containsExactly(2, 3);

        // when a move is stopped, too
        ask(1, 2);
        cancel();

        // then
        assertThat(leftovers()).containsExactly(2, 3);
        ask(3, 1);
        ask(1, 4);
        assertThat(leftovers()).containsExactly(2, 3);

        // when the topic is deleted
        Topics.delete(cluster, T0.topic(), cluster.topics().get(T0.topic())).multis().get(0).stream()
                .filter(write -> write.path().equals(Paths.deletedTopic(T0.topic())))
                .forEach(this::apply);

        // then
        assertThat(leftovers()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void theLeadMovesIfTheLeaderIsRemoved() {
        ask(4, 5);
        inSync(1, 2, 3, 4, 5);

        complete();

        assertThat(state()).isEqualTo(Brokers.state(4, 1, 40, List.of(4, 5), List.of()));
    }

    @Test
    void anotherOrderTakesEffectAtOnce() {
        assertThat(ask(3, 2, 1)).isEmpty();

        assertThat(assignment().partitions().get(0)).containsExactly(3, 2, 1);
        assertThat(assignment().isMoving(0)).isFalse();
    }

    @Test
    void aMoveThatIsStoppedLeavesThePartitionWhereItWas() {
        // given that a new replica is in sync already
        ask(4, 5);
        inSync(1, 2, 3, 4);

        // when
        assertThat(cancel()).isEmpty();

        // then
        assertThat(assignment().partitions().get(0)).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(assignment().isMoving(0)).isFalse();
        assertThat(state().isr()).containsExactly(1, 2, 3);
        assertThat(cancel().orElseThrow().reason()).isEqualTo(Reason.NO_REASSIGNMENT_IN_PROGRESS);
    }

    @Test
    void aMoveIsNotStoppedIfOnlyNewReplicasAreLeft() {
        ask(4, 5);
        set(Brokers.state(4, 3, 40, List.of(4), List.of()));

        assertThat(cancel().orElseThrow().reason()).isEqualTo(Reason.INVALID_ASSIGNMENT);
        assertThat(assignment().isMoving(0)).isTrue();
    }

    @Test
    void anotherTargetReplacesTheFirst() {
        ask(4, 5);
        inSync(1, 2, 3, 4);

        assertThat(ask(1, 2, 5)).isEmpty();

        assertThat(assignment().partitions().get(0)).containsExactly(1, 2, 5, 3);
        assertThat(assignment().adding().get(0)).containsExactly(5);
        assertThat(assignment().removing().get(0)).containsExactly(3);
        assertThat(state().isr()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "'', Empty replica list",
        "4-4, Duplicate replica ids",
        "-4-1, Invalid broker id",
        "1-9, brokers that are not alive"
    })
    void whatMakesNoSenseIsRefused(String replicas, String why) {
        List<Integer> wanted = replicas.isEmpty()
                ? List.of()
                : replicas.startsWith("-")
                        ? List.of(-4, 1)
                        : Arrays.stream(replicas.split("-", -1))
                                .map(Integer::valueOf)
                                .toList();

        Refusal refusal = ask(Optional.of(wanted)).orElseThrow();

        assertThat(refusal.reason()).isEqualTo(Reason.INVALID_ASSIGNMENT);
        assertThat(refusal.message()).contains(why);
    }

    @Test
    void aPartitionThatDoesNotExistCannotMove() {
        TopicPartition unknown = new TopicPartition("t", 1);
        Reassignment change = new Reassignment(new TreeMap<>(Map.of(unknown, Optional.of(List.of(1)))), RULES);

        assertThat(change.done(cluster).orElseThrow().get(unknown).orElseThrow().reason())
                .isEqualTo(Reason.UNKNOWN_TOPIC);
    }

    @Test
    void aTopicThatMovesDoesNotGrow() {
        ask(4, 5);

        assertThat(Growth.placement(cluster, new NewPartitions(T0.topic(), 2, Optional.empty()), 0)
                        .refusal()
                        .reason())
                .isEqualTo(Reason.REASSIGNMENT_IN_PROGRESS);
    }

    /** Moves that are asked for, replaced and stopped at random, while brokers come and go and replicas catch up. */
    @Test
    void whateverHappensTheLeaderIsAReplicaInSyncAndMovesEndWhereTheyShould() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ClusterState start = cluster;
        for (int run = 0; run < 200; run++) {
            cluster = start;
            List<String> history = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                history.add(random(random));
                String what = "seed " + seed + ", run " + run + ": " + history;
                PartitionState state = state();
                assertThat(state.isr()).as(what).isNotEmpty();
                assertThat(assignment().partitions().get(0)).as(what).containsAll(state.isr());
                assertThat(Reassignments.target(assignment(), 0)).as(what).isNotEmpty();
                assertThat(Reassignments.origin(assignment(), 0)).as(what).isNotEmpty();
                if (state.leader() != PartitionState.NO_LEADER) {
                    assertThat(state.isr()).as(what).contains(state.leader());
                }
            }
        }
    }

    private String random(Random random) {
        int broker = 1 + random.nextInt(5);
        String did;
        switch (random.nextInt(6)) {
            case 0 -> {
                List<Integer> target = new ArrayList<>(List.of(1, 2, 3, 4, 5));
                java.util.Collections.shuffle(target, random);
                List<Integer> wanted = List.copyOf(target.subList(0, 1 + random.nextInt(4)));
                did = "to " + wanted + " " + ask(Optional.of(wanted));
            }
            case 1 -> did = "cancel " + cancel();
            case 2 -> {
                cluster = States.without(cluster, broker);
                did = "down " + broker;
            }
            case 3 -> {
                cluster = States.also(cluster, broker, broker * 10L);
                did = "up " + broker;
            }
            default -> did = "catch up " + broker + " " + catchUp(broker);
        }
        Elections.due(cluster, RULES).ifPresent(this::apply);
        complete();
        return did + " -> " + assignment() + " " + state();
    }

    private boolean catchUp(int broker) {
        PartitionState state = state();
        boolean joins = state.leader() != PartitionState.NO_LEADER
                && cluster.lives(broker)
                && cluster.lives(state.leader())
                && assignment().partitions().get(0).contains(broker)
                && !state.isr().contains(broker);
        if (joins) {
            List<Integer> isr = new ArrayList<>(state.isr());
            isr.add(broker);
            inSync(isr.toArray(Integer[]::new));
        }
        return joins;
    }

    @Test
    void whoIsStillToComeDoesNotRaiseTheMinimum() {
        ElectionRules.Source four = (all, topic) -> new ElectionRules(4, false);
        assertThat(Elections.ballot(cluster, four, T0).orElseThrow().minInSync())
                .isEqualTo(3);

        ask(1, 2, 3, 4, 5);

        assertThat(assignment().adding()).containsEntry(0, List.of(4, 5));
        assertThat(Elections.ballot(cluster, four, T0).orElseThrow().minInSync())
                .isEqualTo(3);
        assertThat(cluster.topics().get(T0.topic()).settled(0)).isEqualTo(3);
    }
}
