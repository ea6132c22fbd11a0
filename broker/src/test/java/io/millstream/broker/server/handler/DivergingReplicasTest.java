package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.Role;
import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * R1, R2: replicas whose logs have parted under several leaders become the same again, byte by byte, and nothing committed
 * is lost on the way (KIP-101, KIP-279). The fetchers, the leaders' side of fetches and the logs are the real ones.
 */
class DivergingReplicasTest {

    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("clicks", 0), new TopicPartition("clicks", 1), new TopicPartition("views", 0));
    private static final Set<Integer> ALL = Set.of(0, 1, 2);
    private static final int ROUNDS = 25;

    /** Three brokers, and what was ever committed. */
    private static final class Cluster {
        final Schedule schedule;
        final NodeWires wires;
        final Map<TopicPartition, Integer> epochs = new HashMap<>();
        final Map<TopicPartition, String> committed = new HashMap<>();
        int sent;

        Cluster(long seed) {
            schedule = new Schedule(seed);
            wires = new NodeWires(schedule);
            for (int id : ALL) {
                ReplicaNode node = new ReplicaNode(id, schedule, wires);
                wires.nodes.put(id, node);
                PARTITIONS.forEach(node::make);
            }
        }

        ReplicaNode node(int id) {
            return wires.nodes.get(id);
        }

        /** Everybody hears of it, sooner or later. */
        void elect(TopicPartition which, int leader) {
            int epoch = epochs.merge(which, 1, Integer::sum);
            for (int id : ALL) {
                if (id == leader) {
                    node(id).lead(which, epoch, ALL);
                } else {
                    node(id).follow(which, epoch, leader);
                }
            }
        }

        /** Appends at whoever believes that it leads, be it several. */
        void append(TopicPartition which) {
            for (int id : ALL) {
                Partition partition = node(id).partition(which);
                if (partition.role() instanceof Role.Leader) {
                    partition.append(Requests.batch(sent, "value-" + sent++), Durability.LEADER);
                }
            }
        }

        /** What a leader says is committed must be what was said before, and perhaps more. */
        void noteCommitted() {
            for (TopicPartition which : PARTITIONS) {
                for (int id : ALL) {
                    Partition partition = node(id).partition(which);
                    if (partition.role() instanceof Role.Leader && partition.knowsLatest()) {
                        String now = node(id).content(which, partition.highWatermark());
                        String before = committed.getOrDefault(which, "");
                        assertThat(now.startsWith(before) || before.startsWith(now))
                                .as("%s at broker %d: committed and taken back", which, id)
                                .isTrue();
                        committed.put(which, now.length() > before.length() ? now : before);
                    }
                }
            }
        }

        void settle() {
            wires.heal();
            schedule.run(5_000);
            noteCommitted();
        }

        void assertSame() {
            for (TopicPartition which : PARTITIONS) {
                String leaders = node(0).content(which, Long.MAX_VALUE);
                for (int id : ALL) {
                    assertThat(node(id).content(which, Long.MAX_VALUE))
                            .as("%s of broker %d", which, id)
                            .isEqualTo(leaders);
                    Partition partition = node(id).partition(which);
                    assertThat(partition.log().follower().lastEpoch())
                            .isEqualTo(node(0).partition(which).log().follower().lastEpoch());
                    assertThat(partition.highWatermark())
                            .as("high watermark of %s at broker %d", which, id)
                            .isEqualTo(partition.log().view().endOffset());
                }
                assertThat(leaders).startsWith(committed.getOrDefault(which, ""));
            }
        }
    }

    static Stream<Long> seeds() {
        String pinned = System.getProperty("seed");
        return pinned == null ? LongStream.range(0, 60).boxed() : Stream.of(Long.parseLong(pinned));
    }

    @ParameterizedTest(name = "-Dseed={0}")
    @MethodSource("seeds")
    void whateverTheScheduleTheLogsEndUpTheSame(long seed) {
        Cluster cluster = new Cluster(seed);
        PARTITIONS.forEach(which -> cluster.elect(which, 0));

        for (int round = 0; round < ROUNDS; round++) {
            TopicPartition which = PARTITIONS.get(cluster.schedule.random().nextInt(PARTITIONS.size()));
            switch (cluster.schedule.random().nextInt(8)) {
                case 0 -> cluster.wires.cutAll();
                case 1, 2 -> cluster.wires.heal();
                case 3 -> cluster.elect(which, cluster.schedule.random().nextInt(ALL.size()));
                default -> cluster.append(which);
            }
            cluster.schedule.steps(cluster.schedule.random().nextInt(60));
            cluster.noteCommitted();
        }
        PARTITIONS.forEach(
                which -> cluster.elect(which, cluster.schedule.random().nextInt(ALL.size())));
        cluster.settle();
        PARTITIONS.forEach(cluster::append);
        cluster.settle();

        cluster.assertSame();
    }

    /** KIP-101, scenario 1: a follower that restarts as leader must not have cut what was committed. */
    @Test
    void r1WhatIsCommittedSurvivesALeaderThatHasNotHeardOfIt() {
        Cluster cluster = new Cluster(1);
        TopicPartition which = PARTITIONS.get(0);
        cluster.elect(which, 0);
        cluster.schedule.run(1_000);
        cluster.append(which);
        cluster.append(which);
        cluster.settle();
        long committed = cluster.node(0).partition(which).highWatermark();
        assertThat(committed).isEqualTo(2);

        // when: the next leader follows for a moment, and then leads at once
        cluster.wires.cutAll();
        cluster.elect(which, 2);
        cluster.schedule.steps(30);
        cluster.elect(which, 1);
        cluster.schedule.steps(30);
        cluster.append(which);
        cluster.settle();

        // then
        assertThat(cluster.node(1).partition(which).log().view().endOffset()).isEqualTo(3);
        cluster.assertSame();
    }

    /** KIP-101, scenario 2: the same offsets, other records. */
    @Test
    void r1LogsOfTheSameLengthThatHavePartedBecomeTheSame() {
        Cluster cluster = new Cluster(2);
        TopicPartition which = PARTITIONS.get(0);
        cluster.elect(which, 0);
        cluster.schedule.run(1_000);
        cluster.wires.cutAll();
        cluster.append(which);
        cluster.append(which);

        // when: another leads that has none of it, and gets as many
        cluster.elect(which, 1);
        cluster.schedule.run(1_000);
        cluster.append(which);
        cluster.append(which);
        cluster.settle();

        // then
        cluster.assertSame();
        assertThat(cluster.node(0).partition(which).log().view().endOffset()).isEqualTo(2);
        assertThat(cluster.node(0).partition(which).log().follower().lastEpoch())
                .isEqualTo(2);
    }

    /** KIP-279: two leaders in quick succession, each with records that nobody else has. */
    @Test
    void r2LogsThatHavePartedTwiceBecomeTheSame() {
        Cluster cluster = new Cluster(3);
        TopicPartition which = PARTITIONS.get(0);
        cluster.elect(which, 0);
        cluster.schedule.run(1_000);
        cluster.append(which);
        cluster.settle();
        for (int leader : new int[] {0, 1, 0, 2, 1}) {
            cluster.wires.cutAll();
            cluster.elect(which, leader);
            cluster.schedule.run(300);
            IntStream.rangeClosed(0, leader).forEach(i -> cluster.append(which));
        }

        // when
        cluster.elect(which, 2);
        cluster.settle();

        // then
        cluster.assertSame();
        assertThat(cluster.node(0).partition(which).log().follower().lastEpoch())
                .isGreaterThanOrEqualTo(5);
    }
}
