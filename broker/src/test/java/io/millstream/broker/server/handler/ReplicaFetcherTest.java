package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.Role;
import io.millstream.core.TopicPartition;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a follower goes about its fetches, in time that passes only when nothing is to be done. */
class ReplicaFetcherTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final TopicPartition VIEWS = new TopicPartition("views", 0);
    private static final int EPOCH = 5;

    private final Schedule schedule = new Schedule(7);
    private final NodeWires wires = new NodeWires(schedule);
    private ReplicaNode leader;
    private ReplicaNode follower;

    @BeforeEach
    void start() {
        leader = node(0);
        follower = node(1);
    }

    private ReplicaNode node(int id) {
        ReplicaNode node = new ReplicaNode(id, schedule, wires);
        wires.nodes.put(id, node);
        node.make(CLICKS);
        node.make(VIEWS);
        return node;
    }

    private void lead(TopicPartition which) {
        leader.lead(which, EPOCH, Set.of(0, 1));
    }

    private void follow(TopicPartition which) {
        follower.follow(which, EPOCH, 0);
    }

    private void append(TopicPartition which, String... values) {
        Partition partition = leader.partition(which);
        assertThat(partition
                        .append(Requests.batch(1_000, values), Durability.LEADER)
                        .accepted())
                .isTrue();
    }

    private long copied(TopicPartition which) {
        return follower.partition(which).log().view().endOffset();
    }

    @Test
    void whatIsAppendedIsCopiedAndCommitted() {
        lead(CLICKS);
        follow(CLICKS);
        schedule.run(1_000);

        append(CLICKS, "a", "b");
        schedule.run(50);

        assertThat(copied(CLICKS)).isEqualTo(2);
        assertThat(leader.partition(CLICKS).highWatermark()).isEqualTo(2);
        assertThat(follower.partition(CLICKS).highWatermark()).isEqualTo(2);
    }

    @Test
    void whereNothingHappensLittleIsAsked() {
        lead(CLICKS);
        lead(VIEWS);
        follow(CLICKS);
        follow(VIEWS);
        schedule.run(2_000);
        int before = wires.requests();

        schedule.run(60_000);

        assertThat(wires.requests() - before).as("in a minute").isBetween(100, 125);
    }

    @Test
    void aPartitionThatFailsIsAskedForWithPausesAndHoldsUpNoOther() {
        // given: the leader does not know yet that it leads
        lead(VIEWS);
        follow(CLICKS);
        follow(VIEWS);
        schedule.run(1_000);
        int before = wires.requests();

        // when
        append(VIEWS, "a");
        schedule.run(50);
        long others = copied(VIEWS);
        schedule.run(10_000);
        int asked = wires.requests() - before;

        // then
        assertThat(others).isEqualTo(1);
        assertThat(asked).as("in ten seconds").isLessThan(250);

        // when
        lead(CLICKS);
        schedule.run(10);
        append(CLICKS, "b");
        schedule.run(1_000);

        // then
        assertThat(copied(CLICKS)).isEqualTo(1);
    }

    /** KAFKA-7786: that a request of one term is fenced, which is heard of in the next one, does not stop that one. */
    @Test
    void r3_termsThatFollowOneAnotherFastDoNotStopTheCopying() {
        lead(CLICKS);
        follow(CLICKS);
        schedule.run(1_000);
        for (int term = 1; term <= 50; term++) {
            int epoch = EPOCH + term;
            if (schedule.random().nextBoolean()) {
                leader.lead(CLICKS, epoch, Set.of(0, 1));
                schedule.steps(schedule.random().nextInt(8));
                follower.follow(CLICKS, epoch, 0);
            } else {
                follower.follow(CLICKS, epoch, 0);
                schedule.steps(schedule.random().nextInt(8));
                leader.lead(CLICKS, epoch, Set.of(0, 1));
            }
            schedule.steps(schedule.random().nextInt(8));
        }
        schedule.run(1_000);

        append(CLICKS, "a");
        schedule.run(50);

        assertThat(copied(CLICKS)).isEqualTo(1);
    }

    @Test
    void aLeaderThatIsOutOfReachIsTriedWithPauses() {
        lead(CLICKS);
        follow(CLICKS);
        schedule.run(1_000);
        append(CLICKS, "a");
        wires.cutAll();
        int before = wires.attempts();

        schedule.run(10_000);

        assertThat(wires.attempts() - before).as("in ten seconds").isBetween(10, 80);
        wires.heal();
        schedule.run(1_000);
        assertThat(copied(CLICKS)).isEqualTo(1);
    }

    @Test
    void whoBeginsToFollowDoesNotSitOutTheSilenceOfOthers() {
        // given: a fetch that waits
        lead(CLICKS);
        lead(VIEWS);
        follow(CLICKS);
        schedule.run(700);
        append(VIEWS, "a");

        // when
        follow(VIEWS);
        schedule.run(20);

        // then
        assertThat(copied(VIEWS)).isEqualTo(1);
    }

    @Test
    void whoFollowsNoMoreCopiesNothingMore() {
        lead(CLICKS);
        follow(CLICKS);
        schedule.run(700);

        follower.follow(CLICKS, EPOCH + 1, Role.Follower.NO_LEADER);
        schedule.run(10);
        append(CLICKS, "a");
        schedule.run(2_000);

        assertThat(copied(CLICKS)).isZero();
        assertThat(leader.partition(CLICKS).waiting())
                .as("nobody waits in vain")
                .isZero();
    }

    @Test
    void aLogThatEndsBeforeTheLeadersStartBeginsThere() {
        // given
        lead(CLICKS);
        schedule.run(10);
        append(CLICKS, "a");
        append(CLICKS, "b");
        leader.partition(CLICKS).log().advanceStart(1);

        // when
        follow(CLICKS);
        schedule.run(1_000);

        // then
        assertThat(follower.partition(CLICKS).log().view().startOffset()).isEqualTo(1);
        assertThat(copied(CLICKS)).isEqualTo(2);
        assertThat(follower.content(CLICKS, Long.MAX_VALUE)).isEqualTo(leader.content(CLICKS, Long.MAX_VALUE));
    }

    @Test
    void whatTheLeaderHasDeletedGoesHereToo() {
        lead(CLICKS);
        follow(CLICKS);
        schedule.run(10);
        append(CLICKS, "a");
        append(CLICKS, "b");
        schedule.run(1_000);

        leader.partition(CLICKS).log().advanceStart(1);
        schedule.run(1_000);

        assertThat(follower.partition(CLICKS).log().view().startOffset()).isEqualTo(1);
    }
}
