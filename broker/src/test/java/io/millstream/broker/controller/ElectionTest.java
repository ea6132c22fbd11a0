package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.controller.Election.Kind;
import io.millstream.coordination.PartitionState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who leads one partition, case by case. */
final class ElectionTest {

    private static final List<Integer> REPLICAS = List.of(1, 2, 3);
    private static final ElectionRules ONE = new ElectionRules(1, false);
    private static final ElectionRules TWO = new ElectionRules(2, false);

    private final Brokers brokers = new Brokers().up(1, 10).up(2, 20).up(3, 30);

    private Optional<Election> next(PartitionState state, ElectionRules rules) {
        return Election.next(brokers.ballot(REPLICAS, state, rules));
    }

    private PartitionState elected(PartitionState state, ElectionRules rules, Kind kind) {
        Election next = next(state, rules).orElseThrow();
        assertThat(next.kind()).isEqualTo(kind);
        return next.state();
    }

    /** Led by the first of the ISR, everybody in it since its first registration. */
    private static PartitionState led(Integer... isr) {
        return Brokers.state(isr[0], 5, isr[0] * 10L, List.of(isr), List.of());
    }

    @Test
    void aLeaderThatLivesUnderTheRegistrationItWasElectedWithStays() {
        assertThat(next(led(2, 1, 3), ONE)).isEmpty();
    }

    @Test
    void theFirstReplicaThatLivesAndIsInSyncLeadsWhenTheLeaderDies() {
        brokers.down(1);

        assertThat(elected(led(1, 3), ONE, Kind.CLEAN)).isEqualTo(Brokers.state(3, 6, 30, List.of(3), List.of()));
    }

    @Test
    void nobodyLeadsWhileNoMemberOfTheIsrLivesAndTheIsrIsKept() {
        brokers.down(1);

        PartitionState none = elected(led(1), ONE, Kind.NOBODY);

        assertThat(none).isEqualTo(Brokers.state(-1, 6, -1, List.of(1), List.of()));
        assertThat(next(none, ONE)).isEmpty();
        brokers.up(1, 11);
        assertThat(elected(none, ONE, Kind.CLEAN))
                .extracting(PartitionState::leader, PartitionState::leaderEpoch, PartitionState::isrRegistrations)
                .containsExactly(1, 7, List.of(11L));
    }

    @Test
    void aRestartedLeaderOfTheOnlyReplicaBeginsANewTerm() {
        brokers.up(1, 11);

        Optional<Election> next =
                Election.next(brokers.ballot(List.of(1), Brokers.state(1, 0, 10, List.of(1), List.of()), ONE));

        assertThat(next.orElseThrow().state())
                .extracting(PartitionState::leaderEpoch, PartitionState::leaderRegistration)
                .containsExactly(1, 11L);
    }

    @Test
    void aRestartedLeaderStandsBehindMembersThatKeptGoingAndStaysInTheIsr() {
        brokers.up(1, 11);

        PartitionState next = elected(led(1, 2), ONE, Kind.CLEAN);

        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.isr()).containsExactly(1, 2);
        assertThat(next.isrRegistrations()).containsExactly(10L, 20L);
    }

    @Test
    void aFollowerThatDiesLeavesTheIsrWithoutANewTerm() {
        brokers.down(2);

        PartitionState next = elected(led(1, 2, 3), ONE, Kind.TIDIED);

        assertThat(next).isEqualTo(Brokers.state(1, 5, 10, List.of(1, 3), List.of()));
        assertThat(next(next, ONE)).isEmpty();
    }

    @Test
    void whoeverLeavesTheIsrBelowTheMinimumStaysEligibleAndLeadsWhenTheLastMemberIsGone() {
        // given
        brokers.down(2);
        PartitionState alone = elected(led(1, 2), TWO, Kind.TIDIED);
        assertThat(alone).isEqualTo(Brokers.state(1, 5, 10, List.of(1), List.of(2)));

        // when
        brokers.up(2, 21);
        brokers.down(1);

        // then
        PartitionState next = elected(alone, TWO, Kind.ELIGIBLE);
        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.isr()).containsExactly(2);
        assertThat(next.eligible()).containsExactly(1);
    }

    @Test
    void anEligibleReplicaIsForgottenOnceTheIsrIsLargeEnough() {
        brokers.down(1);

        PartitionState next = elected(Brokers.state(1, 5, 10, List.of(1, 2, 3), List.of()), TWO, Kind.CLEAN);

        assertThat(next.isr()).containsExactly(2, 3);
        assertThat(next.eligible()).isEmpty();
    }

    @Test
    void aMemberThatLostPowerLeavesTheIsrAtOnceAndNeverLeads() {
        // when broker 2 comes back without the end of its log
        brokers.unclean(2, 21);

        // then
        PartitionState next = elected(led(1, 2, 3), TWO, Kind.TIDIED);
        assertThat(next.isr()).containsExactly(1, 3);
        brokers.down(1).down(3);
        assertThat(elected(led(1, 2, 3), TWO, Kind.NOBODY).isr()).containsExactly(1, 2, 3);
    }

    @Test
    void aCleanRestartAfterALossDoesNotRestoreTrust() {
        brokers.unclean(2, 21).up(2, 22);
        brokers.down(1).down(3);

        assertThat(next(led(1, 2), ONE).orElseThrow().kind()).isEqualTo(Kind.NOBODY);
        assertThat(elected(Brokers.state(1, 5, 10, List.of(1, 2), List.of(10L, 21L), List.of()), ONE, Kind.CLEAN)
                        .leader())
                .as("in sync again since")
                .isEqualTo(2);
    }

    @Test
    void theLastReplicaStandingThatLostPowerWaitsForAnEligibleOne() {
        // given
        PartitionState last = Brokers.state(1, 5, 10, List.of(1), List.of(2));
        brokers.unclean(1, 11).down(2);

        // when
        PartitionState none = elected(last, TWO, Kind.NOBODY);

        // then
        assertThat(next(none, TWO)).isEmpty();
        brokers.up(2, 22);
        PartitionState next = elected(none, TWO, Kind.ELIGIBLE);
        assertThat(next.isr()).containsExactly(2);
        assertThat(next.eligible()).as("1 has lost something").isEmpty();
    }

    @Test
    void whenAllWhoHeldEverythingHaveLostSomethingOneOfThemLeads() {
        // given
        brokers.unclean(1, 11).unclean(2, 21);

        // then
        PartitionState next = elected(led(2, 1), TWO, Kind.AFTER_LOSS);
        assertThat(next.leader()).isEqualTo(1);
        assertThat(next.isr()).containsExactly(1);
        assertThat(next.eligible()).isEmpty();
    }

    @Test
    void afterALossOfAllNobodyLeadsBeforeItIsKnownWhoseDisksWork() {
        // given
        PartitionState before = led(2, 1);
        brokers.down(1).down(2);
        PartitionState nobody = elected(before, TWO, Kind.NOBODY);

        // when
        brokers.unclean(1, 11).unclean(2, 21).starting(1);

        // then
        assertThat(next(nobody, TWO)).isEmpty();
        assertThat(next(before, TWO)).isEmpty();
        brokers.offline(1);
        assertThat(next(nobody, TWO)).isEmpty();
        brokers.unclean(1, 12); // another disk
        assertThat(elected(nobody, TWO, Kind.AFTER_LOSS).isr()).containsExactly(1);
    }

    @Test
    void aReplicaThatIsNotInSyncLeadsOnlyWhereThatIsWanted() {
        brokers.down(1);

        assertThat(elected(led(1), ONE, Kind.NOBODY).leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(elected(led(1), new ElectionRules(1, true), Kind.UNCLEAN))
                .isEqualTo(Brokers.state(2, 6, 20, List.of(2), List.of()));
    }

    @Test
    void aBrokerThatIsAboutToStopHandsOverAndLeavesTheIsrThatCanSpareIt() {
        brokers.draining(1);

        assertThat(elected(led(1, 2, 3), TWO, Kind.HANDED_OVER))
                .isEqualTo(Brokers.state(2, 6, 20, List.of(2, 3), List.of()));
        assertThat(elected(led(2, 1, 3), TWO, Kind.TIDIED).isr()).containsExactly(2, 3);
        assertThat(elected(led(1, 2), TWO, Kind.HANDED_OVER).isr())
                .as("two must be in sync")
                .containsExactly(1, 2);
        assertThat(next(led(2, 1), TWO)).isEmpty();
        assertThat(next(led(1), ONE)).as("nobody else can").isEmpty();
    }

    @Test
    void aBrokerThatIsAboutToStopLeadsRatherThanNobody() {
        brokers.draining(2).down(1);

        assertThat(elected(led(1, 2), ONE, Kind.CLEAN).leader()).isEqualTo(2);
    }

    @Test
    void aLeaderWhoseDiskFailedHandsOverIfSomebodyCanTakeIt() {
        brokers.offline(1);

        assertThat(elected(led(1, 2), ONE, Kind.CLEAN)).isEqualTo(Brokers.state(2, 6, 20, List.of(2), List.of()));
    }

    @Test
    void nobodyLeadsWhereTheOnlyMembersDiskFailedUntilItIsBack() {
        brokers.offline(1);

        PartitionState nobody = elected(led(1), ONE, Kind.NOBODY);

        assertThat(nobody).isEqualTo(Brokers.state(-1, 6, -1, List.of(1), List.of()));
        assertThat(next(nobody, ONE)).isEmpty();
        brokers.up(1, 10); // as before
        assertThat(elected(nobody, ONE, Kind.CLEAN).leader()).isEqualTo(1);
    }

    /** A damaged replica that was given up: what was said of it before is void, also once it is registered anew. */
    @Test
    void aReplicaThatIsBegunAnewNeverLeadsByWhatItWas() {
        // given
        brokers.renewed(2, 23);

        // then it leaves the ISR, and is not even eligible
        PartitionState tidied = elected(led(1, 2), TWO, Kind.TIDIED);
        assertThat(tidied).isEqualTo(Brokers.state(1, 5, 10, List.of(1), List.of()));
        brokers.down(1);
        assertThat(elected(led(1, 2), ONE, Kind.NOBODY).isr()).containsExactly(1, 2);
        brokers.up(2, 29);
        assertThat(elected(led(1, 2), ONE, Kind.NOBODY).isr()).containsExactly(1, 2);

        // and leads once it is in sync again
        PartitionState back = Brokers.state(1, 5, 10, List.of(1, 2), List.of(10L, 23L), List.of());
        assertThat(elected(back, ONE, Kind.CLEAN).leader()).isEqualTo(2);
    }

    @Test
    void whoeverLeadsAReplicaThatWasBegunAnewIsWrittenDownAsSuch() {
        brokers.renewed(2, 23).down(1);
        PartitionState back = Brokers.state(1, 5, 10, List.of(1, 2), List.of(10L, 23L), List.of());

        PartitionState next = elected(back, ONE, Kind.CLEAN);

        assertThat(next.leaderRegistration()).isEqualTo(20);
        assertThat(next.isrRegistrations()).containsExactly(23L);
        assertThat(next(next, ONE)).isEmpty();
    }

    /** By a controller that had yet to hear that the replica was begun anew. */
    @Test
    void whoWasElectedForWhatItsReplicaWasDoesNotLead() {
        brokers.renewed(2, 23);

        PartitionState elected = Brokers.state(2, 6, 20, List.of(2, 1), List.of(20L, 10L), List.of());

        assertThat(elected(elected, ONE, Kind.CLEAN)).isEqualTo(Brokers.state(1, 7, 10, List.of(1), List.of()));
    }

    @Test
    void aReplicaThatIsNoMemberAnyMoreLeavesTheIsrAndTheLead() {
        Election next =
                Election.next(brokers.ballot(List.of(3, 2), led(1, 2, 3), ONE)).orElseThrow();

        assertThat(next.state()).isEqualTo(Brokers.state(3, 6, 30, List.of(2, 3), List.of()));
    }

    @Test
    void thePreferredLeaderLeadsIfItIsInSyncAndStays() {
        assertThat(Election.preferred(brokers.ballot(REPLICAS, led(2, 1), ONE))
                        .orElseThrow()
                        .state()
                        .leader())
                .isEqualTo(1);
        assertThat(Election.preferred(brokers.ballot(REPLICAS, led(1, 2), ONE))).isEmpty();
        assertThat(Election.preferred(brokers.ballot(REPLICAS, led(2, 3), ONE))).isEmpty();
        brokers.draining(1);
        assertThat(Election.preferred(brokers.ballot(REPLICAS, led(2, 1), ONE))).isEmpty();
    }
}
