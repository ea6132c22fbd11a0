package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.FlushMode;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.TermEnd;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.TestReplicas.Answer;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.wire.ErrorCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Partitions that follow one another, exchange by exchange: the known ways to lose records (KIP-101, KIP-279, KIP-966). */
final class PartitionReplicationTest {

    private static final Set<Integer> BOTH = Set.of(1, 2);
    private static final Set<Integer> ALL = Set.of(1, 2, 3);

    private TestReplicas replicas = new TestReplicas(3);

    @AfterEach
    void close() {
        replicas.close();
    }

    @Test
    void recordsAreCommittedOnceEveryMemberHasThem() {
        replicas.elect(1, 5, BOTH, 2);
        Appended appended = replicas.append(1, Durability.ALL, "a", "b");
        AtomicInteger woken = new AtomicInteger();
        Ticket unused = replicas.partition(1)
                .await(replicas.partition(1).role(), appended.nextOffset() - 1, woken::incrementAndGet);

        replicas.fetch(2);
        assertThat(replicas.partition(1).highWatermark()).isZero();
        assertThat(woken).hasValue(0);
        replicas.fetch(2); // says that it has them

        assertThat(replicas.partition(1).highWatermark()).isEqualTo(2);
        assertThat(woken).hasValue(1);
        assertThat(replicas.partition(2).highWatermark()).isEqualTo(2);
        assertThat(replicas.get(2).values()).containsExactly("a", "b");
    }

    @Test
    void followersWaitForTheLogsEndNotForTheHighWatermark() {
        replicas.elect(1, 5, BOTH, 2);
        ReplicaFetch.Served served = (ReplicaFetch.Served) replicas.ask(2).fetch();
        AtomicInteger woken = new AtomicInteger();
        Ticket unused = replicas.partition(1).awaitEnd(served.role(), served.endOffset(), woken::incrementAndGet);

        replicas.append(1, Durability.LEADER, "a");

        assertThat(woken).hasValue(1);
        assertThat(replicas.partition(1).highWatermark()).isZero();
    }

    /** KIP-101, scenario 1: a follower that restarts before it heard of the high watermark must keep what it has. */
    @Test
    void r1_aFollowerThatRestartsKeepsWhatWasCommitted() {
        replicas.elect(1, 5, BOTH, 2);
        replicas.append(1, Durability.ALL, "m1");
        replicas.append(1, Durability.ALL, "m2");
        replicas.catchUp(2);
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(2);
        replicas.get(2).die(false);
        replicas.partition(2).follow(5, 1);
        assertThat(replicas.get(2).values()).containsExactly("m1", "m2");

        // when the leader dies before the other has fetched again
        replicas.get(1).die(false);
        replicas.elect(2, 6, Set.of(2), 1);
        replicas.catchUp(1);

        // then
        assertThat(replicas.get(2).values()).containsExactly("m1", "m2");
        assertThat(replicas.get(1).values()).containsExactly("m1", "m2");
    }

    /** KIP-101, scenario 2: both lose power, and whoever comes back first leads and writes at the other's offsets. */
    @Test
    void r1_logsThatPartedBecomeTheSame() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.append(1, Durability.ALL, "m1");
        replicas.catchUp(2);
        replicas.append(1, Durability.LEADER, "only here");

        // when
        replicas.elect(2, 6, Set.of(2), 1);
        replicas.append(2, Durability.LEADER, "other");
        replicas.catchUp(1);

        // then
        assertThat(replicas.get(1).values()).containsExactly("m1", "other");
        assertThat(replicas.get(2).values()).containsExactly("m1", "other");
    }

    /** KIP-279: leaders change so fast that a term has records on one replica only, and another has none of it. */
    @Test
    void r2_aFastDoubleFailoverLeavesTheSameLogs() {
        replicas.elect(1, 5, ALL, 1);
        replicas.append(1, Durability.LEADER, "a");
        replicas.catchUp(2);
        replicas.catchUp(3);
        replicas.append(1, Durability.LEADER, "1 only");
        replicas.elect(2, 6, BOTH, 1);
        replicas.append(2, Durability.LEADER, "2 only");
        replicas.append(2, Durability.LEADER, "2 only too");
        replicas.elect(3, 7, ALL, 1);
        replicas.elect(1, 8, ALL, 1);
        replicas.append(1, Durability.LEADER, "b");

        // when
        replicas.catchUp(2);
        replicas.catchUp(3);

        // then
        assertThat(replicas.get(1).values()).containsExactly("a", "1 only", "b");
        assertThat(replicas.get(2).values()).isEqualTo(replicas.get(1).values());
        assertThat(replicas.get(3).values()).isEqualTo(replicas.get(1).values());
    }

    /** KAFKA-7786: what was asked in one term says nothing in the next. */
    @Test
    void r3_anAnswerFromAnEarlierTermChangesNothing() {
        replicas.elect(1, 5, ALL, 1);
        replicas.append(1, Durability.LEADER, "late");
        Answer late = replicas.ask(2);
        replicas.elect(3, 6, ALL, 1);
        replicas.append(3, Durability.LEADER, "new");
        replicas.catchUp(2);

        assertThat(replicas.take(2, late)).isFalse();

        assertThat(replicas.get(2).values()).containsExactly("new");
    }

    /** KAFKA-14704: a follower whose log parted from the leader's does not take its high watermark for its own. */
    @Test
    void r3_truncationComesBeforeTheHighWatermark() {
        replicas.elect(1, 5, ALL, 1);
        replicas.append(1, Durability.LEADER, "x", "y", "z");
        replicas.elect(2, 6, Set.of(2), 1);
        replicas.append(2, Durability.LEADER, "a", "b");
        assertThat(replicas.partition(2).highWatermark()).isEqualTo(2);

        replicas.fetch(1);

        assertThat(replicas.partition(1).highWatermark()).isZero();
        assertThat(replicas.get(1).end()).isZero();
        replicas.catchUp(1);
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(2);
    }

    /** KAFKA-7128: a follower that has all that is committed need not have what an earlier leader committed. */
    @Test
    void r3_nobodyJoinsTheIsrBeforeItHasAllOfEarlierTerms() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.append(1, Durability.LEADER, "a", "b");
        replicas.catchUp(2);
        replicas.elect(2, 6, Set.of(1, 2), 1); // its own high watermark may be behind
        replicas.fetch(3);

        assertThat(replicas.partition(2).standings(1, 1).get(3).caughtUp()).isFalse();

        replicas.catchUp(3);
        assertThat(replicas.partition(2).standings(1, 1).get(3).caughtUp()).isTrue();
    }

    /** KAFKA-7415: a leader knows where its term begins although it has written nothing in it, also after a restart. */
    @Test
    void r3_aTermWithoutRecordsIsKnownWhenTheNextOneBegins() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.append(1, Durability.LEADER, "a", "b");
        replicas.catchUp(2);
        replicas.partition(2).lead(6, 0, new Isr(BOTH, 1));
        replicas.append(1, Durability.LEADER, "by a leader that does not know yet");
        replicas.get(2).die(false);
        assertThat(replicas.partition(2).log().latestEpoch()).isEqualTo(6);

        // when
        replicas.elect(2, 7, BOTH, 1);
        replicas.fetch(1);

        // then it keeps what both have, and no more
        assertThat(replicas.get(1).values()).containsExactly("a", "b");
        replicas.catchUp(1);
        replicas.append(2, Durability.LEADER, "c");
        replicas.catchUp(1);
        assertThat(replicas.get(1).values()).containsExactly("a", "b", "c");
    }

    /** KAFKA-9307: a role that was not taken to its end is not taken for played. */
    @Test
    void r3_aTermThatCouldNotBeginIsBegunAgain() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.append(1, Durability.LEADER, "a");
        replicas.catchUp(2);
        replicas.get(2)
                .disk
                .faults((operation, path) ->
                        operation == Operation.CREATE ? Optional.of(new Fault(Failure.NO_SPACE, 0)) : Optional.empty());
        assertThatThrownBy(() -> replicas.partition(2).lead(6, 0, new Isr(Set.of(2), 1)))
                .isInstanceOf(StorageException.class);
        assertThat(replicas.partition(2).role()).isInstanceOf(Role.Offline.class);
        assertThat(replicas.append(2, Durability.LEADER, "too early").accepted())
                .isFalse();

        // when there is room, and nothing else has changed
        replicas.get(2).disk.faults(SimFaults.none());
        replicas.elect(2, 6, Set.of(2), 1);
        replicas.append(2, Durability.LEADER, "b");
        replicas.catchUp(1);

        // then
        assertThat(replicas.partition(2).log().endOfTerm(6)).contains(new TermEnd(6, 2));
        assertThat(replicas.get(1).values()).containsExactly("a", "b");
    }

    @Test
    void aFreshLeaderDoesNotKnowTheLatestOffsetBeforeItsFollowersHaveAnswered() {
        replicas.elect(1, 5, BOTH, 2);
        replicas.append(1, Durability.ALL, "a");
        replicas.fetch(2); // has it, and has not heard that it is committed
        replicas.elect(2, 6, BOTH, 2);

        assertThat(replicas.partition(2).knowsLatest()).isFalse();

        replicas.fetch(1);
        assertThat(replicas.partition(2).knowsLatest()).isTrue();
        assertThat(replicas.partition(2).highWatermark()).isEqualTo(1);
    }

    /** Kafka 0.8's failure: the ISR shrinks to the leader, which goes on acknowledging, and dies. */
    @Test
    void r9_belowTheMinimumNothingIsAcknowledgedAndTheHighWatermarkStands() {
        replicas.elect(1, 5, BOTH, 2);
        replicas.append(1, Durability.ALL, "a");
        replicas.catchUp(2);

        // when the other has left
        assertThat(replicas.partition(1).propose(5, 0, Set.of(1))).isTrue();
        Appended between = replicas.append(1, Durability.ALL, "nobody knows");
        replicas.partition(1).settle(5, 1, new Isr(Set.of(1), 2));

        // then
        assertThat(between.accepted()).isTrue(); // and never committed
        assertThat(replicas.append(1, Durability.ALL, "refused").error()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(replicas.append(1, Durability.LEADER, "not safe").accepted()).isTrue();
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);
    }

    /** KIP-966: the last member of the ISR loses power, and with it what it had not written; who left before leads. */
    @Test
    void r8_whenTheLastMemberLosesPowerTheEligibleOneHasAllThatWasAcknowledged() {
        replicas.elect(1, 5, BOTH, 2);
        replicas.append(1, Durability.ALL, "acknowledged");
        replicas.catchUp(2);
        replicas.partition(1).settle(5, 1, new Isr(Set.of(1), 2)); // 2 has left, and is eligible
        replicas.append(1, Durability.LEADER, "not safe");
        replicas.get(1).die(true);

        // when
        replicas.elect(2, 6, Set.of(2), 2);
        replicas.catchUp(1);

        // then
        assertThat(replicas.get(2).values()).containsExactly("acknowledged");
        assertThat(replicas.get(1).values()).containsExactly("acknowledged");
        replicas.partition(2).settle(6, 1, new Isr(BOTH, 2));
        assertThat(replicas.partition(2).highWatermark()).isEqualTo(1);
    }

    /** KIP-966: while who left may lead, nothing is committed without it, whatever the minimum is by now. */
    @Test
    void r8_aLowerMinimumCommitsNothingBeforeTheEligibleMayNotLeadAnyMore() {
        replicas.elect(1, 5, BOTH, 2);
        replicas.append(1, Durability.ALL, "acknowledged");
        replicas.catchUp(2);
        replicas.partition(1).settle(5, 1, new Isr(Set.of(1), Set.of(1), Set.of(2), 2));
        Appended first = replicas.append(1, Durability.LEADER, "not yet safe");
        AtomicInteger due = new AtomicInteger();
        replicas.partition(1).listen(new PartitionListener() {
            @Override
            public void isrDue(Partition partition) {
                due.incrementAndGet();
            }
        });

        // when the minimum is lowered
        replicas.partition(1).settle(5, 1, new Isr(Set.of(1), Set.of(1), Set.of(2), 1));
        Appended second = replicas.append(1, Durability.ALL, "neither");

        // then
        assertThat(due).as("the ISR is looked at").hasValue(1);
        assertThat(second.accepted()).isTrue();
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);

        // when it is written that nobody is eligible
        assertThat(replicas.partition(1).propose(5, 1, Set.of(1))).isTrue();
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);
        replicas.partition(1).settle(5, 2, new Isr(Set.of(1), 1));

        // then
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(second.nextOffset());
        assertThat(first.nextOffset()).isEqualTo(2);
    }

    /** Whoever joins is looked at first, and between that and the joining more may be committed. */
    @Test
    void r9_whoHasNotAllThatIsCommittedByNowDoesNotJoin() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.catchUp(2);
        replicas.catchUp(3);
        assertThat(replicas.partition(1).standings(1, 1).get(3).caughtUp()).isTrue();
        replicas.append(1, Durability.ALL, "acknowledged");
        replicas.catchUp(2);
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);

        assertThat(replicas.partition(1).propose(5, 0, ALL)).isFalse();

        replicas.append(1, Durability.ALL, "more");
        replicas.catchUp(2);
        assertThat(replicas.partition(1).highWatermark())
                .as("nobody else is waited for")
                .isEqualTo(2);
        replicas.catchUp(3);
        assertThat(replicas.partition(1).propose(5, 0, ALL)).isTrue();
    }

    @Test
    void whileAnIsrIsBeingWrittenTheHighWatermarkWaitsForTheMembersOfBoth() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.append(1, Durability.LEADER, "a");
        replicas.catchUp(2);
        replicas.catchUp(3);
        assertThat(replicas.partition(1).propose(5, 0, Set.of(1, 3))).isTrue();
        replicas.append(1, Durability.LEADER, "b");

        replicas.catchUp(3);
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);
        replicas.partition(1).settle(5, 1, new Isr(Set.of(1, 3), 1));
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(2);

        // and an older version, which the watch tells late, changes nothing
        replicas.partition(1).lead(5, 0, new Isr(BOTH, 1));
        assertThat(((Role.Leader) replicas.partition(1).role()).isr().members()).containsExactlyInAnyOrder(1, 3);
        assertThat(replicas.partition(1).propose(5, 0, BOTH)).isFalse();
    }

    @Test
    void whatWasProposedInVainIsWaitedForNoLonger() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.catchUp(2);
        replicas.catchUp(3);
        assertThat(replicas.partition(1).propose(5, 0, ALL)).isTrue();
        replicas.append(1, Durability.LEADER, "a");
        replicas.catchUp(2);
        assertThat(replicas.partition(1).highWatermark()).isZero();

        replicas.partition(1).withdraw(5, 0);

        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);
    }

    @Test
    void aFollowerThatRegistersAnewStartsOverInTheLeadersMemory() {
        replicas.elect(1, 5, BOTH, 1);
        replicas.append(1, Durability.LEADER, "a");
        replicas.catchUp(2);
        ReplicaId before = replicas.get(2).replicaId();
        replicas.get(2).die(true);
        replicas.partition(2).follow(5, 1);
        replicas.fetch(2);
        replicas.append(1, Durability.LEADER, "b");

        // when a fetch of the life before arrives late
        ReplicaFetch unused = replicas.partition(1).replicaFetch(before, 5, 2, 5, 1);

        // then
        assertThat(replicas.partition(1).highWatermark()).isEqualTo(1);
        assertThat(replicas.partition(1).standings(1, 1).get(2).incarnation()).isEqualTo(replicas.get(2).registration);
    }

    @Test
    void whoResignsTellsThoseThatWait() {
        replicas.elect(1, 5, BOTH, 2);
        Appended appended = replicas.append(1, Durability.ALL, "a");
        AtomicInteger woken = new AtomicInteger();
        Ticket unused = replicas.partition(1)
                .await(replicas.partition(1).role(), appended.nextOffset() - 1, woken::incrementAndGet);

        replicas.partition(1).resign(4);
        assertThat(woken).hasValue(0);
        replicas.partition(1).resign(5);

        assertThat(woken).hasValue(1);
        assertThat(replicas.append(1, Durability.ALL, "b").error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /** A state that was read before this broker learned that another leads comes to be played after it. */
    @Test
    void aTermThatWasResignedFromIsNotLedAgain() {
        replicas.elect(1, 5, Set.of(1), 1);
        replicas.partition(1).resign(5);

        replicas.partition(1).lead(5, 0, new Isr(Set.of(1), 1));

        assertThat(replicas.append(1, Durability.ALL, "a").error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        replicas.elect(1, 6, Set.of(1), 1);
        assertThat(replicas.append(1, Durability.ALL, "b").error()).isEqualTo(ErrorCode.NONE);
        assertThat(replicas.get(1).values()).containsExactly("b");
    }

    @Test
    void whatTheLeaderHasDeletedIsSkipped() {
        replicas.elect(1, 5, Set.of(1), 1);
        for (int i = 0; i < 6; i++) {
            replicas.append(1, Durability.LEADER, "v" + i);
        }
        replicas.fetch(2);
        long start = replicas.partition(1).log().advanceStart(4);
        replicas.catchUp(2);
        assertThat(replicas.partition(2).log().view().startOffset()).isEqualTo(start);

        replicas.catchUp(3); // begins below the leader's start
        assertThat(replicas.get(3).values()).containsExactly("v4", "v5");
        assertThat(replicas.partition(3).highWatermark()).isEqualTo(6);
    }

    @Test
    void withFlushCommitAFollowerTellsOnlyWhatIsOnDisk() {
        replicas.close();
        replicas = new TestReplicas(
                2, LogConfig.DEFAULT.with(new LogConfig.Flushing(FlushMode.COMMIT, Long.MAX_VALUE, Long.MAX_VALUE)));
        replicas.elect(1, 5, BOTH, 2);
        replicas.append(1, Durability.ALL, "a");
        replicas.fetch(2);

        await().until(() ->
                replicas.partition(2).following().position().orElseThrow().stored());
        replicas.fetch(2);

        await().until(() -> replicas.partition(1).highWatermark() == 1);
        replicas.get(2).die(true);
        assertThat(replicas.get(2).values()).containsExactly("a");
    }
}
