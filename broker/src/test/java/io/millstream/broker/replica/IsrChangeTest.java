package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.IsrChange.Peer;
import io.millstream.coordination.PartitionState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IsrChangeTest {

    private static final List<Integer> REPLICAS = List.of(1, 2, 3);
    private static final FollowerStanding GOOD = new FollowerStanding(20, 100, true, true);
    private static final FollowerStanding SLOW = new FollowerStanding(20, 10, false, false);
    private static final Peer PEER = new Peer(20, 0, true);

    private final Map<Integer, FollowerStanding> standings = new HashMap<>();
    private final Map<Integer, Peer> peers = new HashMap<>(Map.of(1, new Peer(10, 0, true), 2, PEER, 3, PEER));

    private static PartitionState state(List<Integer> isr, List<Long> registrations) {
        return new PartitionState(1, 7, 10, isr, registrations, List.of(), List.of());
    }

    private Optional<PartitionState> next(PartitionState state, int minInSync) {
        return new IsrChange(state, REPLICAS, minInSync, standings, peers).next();
    }

    @Test
    void membersThatKeepUpStay() {
        standings.put(2, new FollowerStanding(20, 90, false, true));
        assertThat(next(state(List.of(1, 2), List.of(10L, 20L)), 1)).isEmpty();
    }

    @Test
    void whoHasCaughtUpJoinsUnderItsRegistration() {
        standings.put(2, GOOD);
        PartitionState next = next(state(List.of(1), List.of(10L)), 1).orElseThrow();
        assertThat(next.isr()).containsExactly(1, 2);
        assertThat(next.isrRegistrations()).containsExactly(10L, 20L);
        assertThat(next.leaderEpoch()).isEqualTo(7);
    }

    @Test
    void whoIsNotWelcomeOrNotRegisteredSoDoesNotJoin() {
        standings.put(2, GOOD);
        peers.put(2, new Peer(20, 0, false));
        assertThat(next(state(List.of(1), List.of(10L)), 1)).isEmpty();
        peers.put(2, new Peer(21, 0, true)); // fetched in an earlier life
        assertThat(next(state(List.of(1), List.of(10L)), 1)).isEmpty();
        peers.remove(2);
        assertThat(next(state(List.of(1), List.of(10L)), 1)).isEmpty();
    }

    @Test
    void whoFallsBehindLeavesAndStaysEligibleOnlyBelowTheMinimum() {
        standings.put(2, SLOW);
        standings.put(3, GOOD);
        PartitionState all = state(List.of(1, 2, 3), List.of(10L, 20L, 20L));
        assertThat(next(all, 2).orElseThrow().eligible()).isEmpty();
        PartitionState below = next(all, 3).orElseThrow();
        assertThat(below.isr()).containsExactly(1, 3);
        assertThat(below.eligible()).containsExactly(2);
        assertThat(below.eligibleRegistrations()).containsExactly(20L);
    }

    @Test
    void nobodyIsEligibleOnceEnoughAreInSyncAgain() {
        standings.put(2, GOOD);
        PartitionState below = new PartitionState(1, 7, 10, List.of(1), List.of(10L), List.of(3, 2), List.of(15L, 15L));
        assertThat(next(below, 2).orElseThrow().eligible()).isEmpty();
        assertThat(next(below, 3).orElseThrow().eligible()).containsExactly(3);
    }

    @Test
    void nobodyIsEligibleOnceTheMinimumIsLower() {
        standings.put(2, SLOW);
        PartitionState below = new PartitionState(1, 7, 10, List.of(1), List.of(10L), List.of(2), List.of(20L));
        assertThat(next(below, 2)).isEmpty();
        assertThat(next(below, 1).orElseThrow().eligible()).isEmpty();
        assertThat(next(below, 1).orElseThrow().isr()).containsExactly(1);
    }

    @Test
    void whatAMemberHadBeforeItLostPowerDoesNotCount() {
        peers.put(2, new Peer(30, 30, true)); // unclean
        standings.put(2, new FollowerStanding(30, 90, false, true));
        PartitionState next = next(state(List.of(1, 2), List.of(10L, 20L)), 2).orElseThrow();
        assertThat(next.isr()).containsExactly(1);
        assertThat(next.eligible()).isEmpty();

        standings.put(2, new FollowerStanding(30, 100, true, true)); // it has caught up since
        PartitionState again = next(state(List.of(1, 2), List.of(10L, 20L)), 2).orElseThrow();
        assertThat(again.isr()).containsExactly(1, 2);
        assertThat(again.isrRegistrations()).containsExactly(10L, 30L);
    }

    @Test
    void aRestartThatLostNothingChangesNothing() {
        peers.put(2, new Peer(30, 0, true));
        standings.put(2, new FollowerStanding(30, 90, false, true));
        assertThat(next(state(List.of(1, 2), List.of(10L, 20L)), 2)).isEmpty();
    }

    /** {@code -Dseed=N} replays one case. */
    @Test
    void whateverComesTheRulesHold() {
        Long one = Long.getLong("seed");
        for (long seed = one == null ? 0 : one; seed < (one == null ? 20_000 : one + 1); seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            standings.clear();
            peers.clear();
            int minInSync = 1 + random.nextInt(3);
            for (int id : REPLICAS) {
                if (random.nextInt(4) > 0) {
                    peers.put(id, new Peer(20 + random.nextInt(2), random.nextInt(3) * 10L, random.nextBoolean()));
                }
                if (id != 1 && random.nextInt(4) > 0) {
                    standings.put(
                            id,
                            new FollowerStanding(
                                    20 + random.nextInt(2), 10, random.nextBoolean(), random.nextBoolean()));
                }
            }
            List<Integer> isr = List.of(List.of(1), List.of(1, 2), List.of(1, 2, 3), List.of(1, 3))
                    .get(random.nextInt(4));
            PartitionState before = new PartitionState(
                    1,
                    7,
                    10,
                    isr,
                    isr.stream().map(id -> 10L + random.nextInt(11)).toList(),
                    List.of(),
                    List.of());
            next(before, minInSync).ifPresent(after -> check(before, after, minInSync));
        }
    }

    private void check(PartitionState before, PartitionState after, int minInSync) {
        assertThat(after.isr()).contains(1).doesNotHaveDuplicates();
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.leaderEpoch()).isEqualTo(7);
        assertThat(after.eligible()).doesNotContainAnyElementsOf(after.isr());
        if (after.isr().size() >= minInSync) {
            assertThat(after.eligible()).isEmpty();
        }
        for (int member : after.isr()) {
            if (member != 1 && !before.isr().contains(member)) {
                assertThat(standings.get(member).caughtUp()).isTrue();
                assertThat(peers.get(member).welcome()).isTrue();
                assertThat(after.isrRegistration(member))
                        .isEqualTo(peers.get(member).incarnation())
                        .isEqualTo(standings.get(member).incarnation());
            }
        }
        assertThat(new IsrChange(after, REPLICAS, minInSync, standings, peers).next())
                .as("what follows from what was just decided")
                .isEmpty();
    }
}
