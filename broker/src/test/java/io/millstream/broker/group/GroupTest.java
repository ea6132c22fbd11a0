package io.millstream.broker.group;

import static io.millstream.broker.group.Desk.answer;
import static io.millstream.broker.group.Desk.caller;
import static io.millstream.broker.group.Desk.subscription;
import static io.millstream.broker.group.Desk.waits;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class GroupTest {

    private static final byte[] NOTHING = {};

    private final Desk desk = new Desk();
    private final Group group = desk.group;

    @Test
    void aNewMemberIsGivenAnIdFirstAndTheGroupWaitsForOthers() {
        // when
        Ticket<Joined> first = desk.joinNew("t");
        desk.pass(Desk.DELAY_MILLIS - 1);

        // then
        assertThat(waits(first)).isTrue();
        assertThat(group.state()).isEqualTo("PreparingRebalance");

        // when another comes, the group waits once more
        Ticket<Joined> second = desk.joinNew("t");
        desk.pass(Desk.DELAY_MILLIS - 1);
        assertThat(waits(first)).isTrue();
        desk.pass(2);

        // then
        Joined leader = answer(first);
        Joined follower = answer(second);
        assertThat(leader.leader()).isEqualTo(leader.memberId());
        assertThat(leader.members())
                .extracting(Joined.Entry::memberId)
                .containsExactly(leader.memberId(), follower.memberId());
        assertThat(follower.leader()).isEqualTo(leader.memberId());
        assertThat(follower.members()).isEmpty();
        assertThat(follower.generation()).isEqualTo(1).isEqualTo(leader.generation());
        assertThat(follower.memberId()).startsWith("client-");
        assertThat(group.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void theInitialDelayEndsWithTheRebalanceTimeoutHoweverManyCome() {
        Desk busy = new Desk(new GroupSettings(6_000, 30_000, 1000, Desk.DELAY_MILLIS));
        Ticket<Joined> first = busy.joinNew("t");
        for (int i = 0; i < Desk.REBALANCE_MILLIS / 1_000; i++) {
            assertThat(waits(first)).isTrue();
            busy.pass(1_000);
            busy.joinNew("t");
        }
        assertThat(answer(first).generation()).isEqualTo(1);
    }

    @Test
    void anOldClientIsAMemberAtOnce() {
        Join join = desk.joining("", null, "t");
        Join old = new Join(
                join.client(),
                "",
                null,
                join.sessionTimeoutMillis(),
                join.rebalanceTimeoutMillis(),
                "consumer",
                join.protocols(),
                new Join.Abilities(false, false),
                join.fresh());
        Ticket<Joined> ticket = desk.join(old);
        desk.pass(Desk.DELAY_MILLIS);
        assertThat(answer(ticket).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aNewcomerThatWaitsIsNotSentAwayEarlierForHavingBeenPardoned() {
        Joined member = desk.stable(1, "t").get(0);
        Ticket<Joined> newcomer = desk.joinNew("t");

        group.pardon(desk.now);

        for (int i = 0; i < 4; i++) {
            desk.pass(Desk.SESSION_MILLIS / 2);
            assertThat(desk.heartbeat(member)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        }
        assertThat(waits(newcomer)).isTrue();
    }

    @Test
    void theLeaderSharesOutTheWork() {
        Ticket<Joined> one = desk.joinNew("t");
        Ticket<Joined> two = desk.joinNew("t");
        desk.pass(2 * Desk.DELAY_MILLIS);
        Joined leader = answer(one);
        Joined follower = answer(two);

        Ticket<Synced> waiting = desk.sync(follower, Map.of());
        assertThat(waits(waiting)).isTrue();
        Ticket<Synced> led = desk.sync(leader, Map.of(follower.memberId(), new byte[] {7}));

        assertThat(answer(waiting).assignment()).containsExactly(7);
        assertThat(answer(led).assignment()).as("not named by the leader").isEmpty();
        assertThat(group.state()).isEqualTo("Stable");
        assertThat(answer(desk.sync(follower, Map.of())).assignment())
                .as("asked again")
                .containsExactly(7);
        assertThat(desk.heartbeat(follower)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aNewcomerMakesEverybodyRejoin() {
        List<Joined> members = desk.stable(2, "t");

        Ticket<Joined> third = desk.joinNew("t");

        assertThat(desk.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(answer(desk.sync(members.get(1), Map.of())).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        Ticket<Joined> first = desk.join(desk.joining(members.get(0).memberId(), null, "t"));
        assertThat(waits(third)).isTrue();
        Ticket<Joined> second = desk.join(desk.joining(members.get(1).memberId(), null, "t"));

        List<Joined> joined = desk.settle(List.of(first, second, third));
        assertThat(joined).extracting(Joined::generation).containsOnly(2);
        assertThat(desk.heartbeat(members.get(0))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void whoDoesNotRejoinInTimeIsLeftBehind() {
        List<Joined> members = desk.stable(2, "t");
        Ticket<Joined> third = desk.joinNew("t");
        Ticket<Joined> first = desk.join(desk.joining(members.get(0).memberId(), null, "t"));

        // the second only says that it lives
        for (int i = 0; i < Desk.REBALANCE_MILLIS / 5_000; i++) {
            assertThat(waits(first)).isTrue();
            assertThat(desk.heartbeat(members.get(1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            desk.pass(5_000);
        }

        desk.settle(List.of(first, third));
        assertThat(desk.heartbeat(members.get(1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aSilentMemberIsGoneWhenItsSessionEnds() {
        List<Joined> members = desk.stable(2, "t");
        desk.pass(Desk.SESSION_MILLIS - 1);
        assertThat(desk.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
        desk.pass(1);

        assertThat(desk.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(desk.heartbeat(members.get(1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.describe().members()).hasSize(1);
    }

    @Test
    void aLeaderThatLivesButSharesNothingOutIsReplaced() {
        Ticket<Joined> one = desk.joinNew("t");
        Ticket<Joined> two = desk.joinNew("t");
        desk.pass(2 * Desk.DELAY_MILLIS);
        Ticket<Synced> waiting = desk.sync(answer(two), Map.of());

        for (int i = 0; i < Desk.REBALANCE_MILLIS / 5_000 - 1; i++) {
            assertThat(desk.heartbeat(answer(one))).isEqualTo(ErrorCode.NONE);
            desk.pass(5_000);
        }
        assertThat(waits(waiting)).isTrue();
        desk.pass(5_000);

        assertThat(answer(waiting).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        Ticket<Joined> again = desk.join(desk.joining(answer(two).memberId(), null, "t"));
        assertThat(answer(again).leader()).isEqualTo(answer(two).memberId());
    }

    @Test
    void anIdThatWasGivenOutHoldsTheGroupUpForASessionOnly() {
        List<Joined> members = desk.stable(1, "t");
        desk.join(desk.joining("", null, "t"));
        Ticket<Joined> again =
                desk.join(desk.joining(members.get(0).memberId(), null, "t")); // the leader may at any time

        assertThat(waits(again)).isTrue();
        desk.pass(Desk.SESSION_MILLIS);

        assertThat(answer(again).generation()).isEqualTo(2);
    }

    @Test
    void followersRejoiningUnchangedAreToldWhatIsAndLeadersOrChangedOnesRebalance() {
        List<Joined> members = desk.stable(2, "t");
        String follower = members.get(1).memberId();

        Joined same = answer(desk.join(desk.joining(follower, null, "t")));
        assertThat(same.generation()).isEqualTo(1);
        assertThat(group.state()).isEqualTo("Stable");

        assertThat(waits(desk.join(desk.joining(follower, null, "t", "u")))).isTrue();
        assertThat(group.state()).isEqualTo("PreparingRebalance");
        Ticket<Joined> leader = desk.join(desk.joining(members.get(0).memberId(), null, "t"));
        assertThat(answer(leader).generation()).isEqualTo(2);

        Joined again = answer(desk.join(desk.joining(members.get(0).memberId(), null, "t")));
        assertThat(again.generation()).as("the leader, before it shared out").isEqualTo(2);
        assertThat(again.members()).hasSize(2);
    }

    @Test
    void theLeaderRejoiningMakesARebalance() {
        List<Joined> members = desk.stable(2, "t");
        assertThat(waits(desk.join(desk.joining(members.get(0).memberId(), null, "t"))))
                .isTrue();
        assertThat(group.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void membersThatLeaveAreGoneAtOnceAndTheLastOneLeavesAnEmptyGroup() {
        List<Joined> members = desk.stable(3, "t");

        Left left = desk.leave(
                new Leaving(members.get(1).memberId(), null),
                new Leaving("stranger", null),
                new Leaving(members.get(2).memberId(), "no-such-instance"));

        assertThat(left.members())
                .extracting(Left.Entry::error)
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.state()).isEqualTo("PreparingRebalance");
        assertThat(group.emptySince()).isEqualTo(Member.NEVER);

        desk.leave(
                new Leaving(members.get(0).memberId(), null),
                new Leaving(members.get(2).memberId(), null));
        assertThat(group.state()).isEqualTo("Empty");
        assertThat(group.emptySince()).isEqualTo(desk.now);
        assertThat(group.describe().protocolType()).isEqualTo("consumer");
    }

    @Test
    void aStaticMemberStartedAnewTakesItsPlaceWithoutARebalance() {
        Ticket<Joined> leader = desk.join(desk.joining("", "a", "t"));
        Ticket<Joined> follower = desk.join(desk.joining("", "b", "t"));
        desk.pass(2 * Desk.DELAY_MILLIS);
        List<Joined> before = desk.settle(List.of(leader, follower));

        Joined again = answer(desk.join(desk.joining("", "b", "t")));

        assertThat(again.generation()).isEqualTo(1);
        assertThat(again.memberId()).startsWith("b-").isNotEqualTo(before.get(1).memberId());
        Sync sync = new Sync(new Caller(again.memberId(), "b", 1), null, null, Map.of());
        assertThat(answer(desk.ask((Ticket<Synced> t) -> group.sync(t, sync, desk.now)))
                        .assignment())
                .containsExactly(1);
        assertThat(group.heartbeat(new Caller(before.get(1).memberId(), "b", 1), desk.now))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void aStaticLeaderStartedAnewIsToldToKeepTheAssignment() {
        Ticket<Joined> leader = desk.join(desk.joining("", "a", "t"));
        desk.pass(2 * Desk.DELAY_MILLIS);
        Joined before = desk.settle(List.of(leader)).get(0);

        // when
        Joined again = answer(desk.join(desk.joining("", "a", "t")));

        // then
        assertThat(again.skipAssignment()).isTrue();
        assertThat(again.leader()).isEqualTo(again.memberId());
        assertThat(again.members()).extracting(Joined.Entry::instanceId).containsExactly("a");

        // when it cannot be told so
        Join join = desk.joining("", "a", "t");
        Joined older = answer(desk.join(new Join(
                join.client(),
                "",
                "a",
                Desk.SESSION_MILLIS,
                Desk.REBALANCE_MILLIS,
                "consumer",
                join.protocols(),
                new Join.Abilities(true, false),
                new UUID(9, 9))));

        // then it is told that it does not lead
        assertThat(older.leader()).isEqualTo(again.memberId()).isNotEqualTo(older.memberId());
        assertThat(older.skipAssignment()).isFalse();
        assertThat(older.members()).isEmpty();
        assertThat(older.generation()).isEqualTo(before.generation());
    }

    @Test
    void aStaticMemberThatWantsSomethingElseMakesARebalance() {
        Ticket<Joined> leader = desk.join(desk.joining("", "a", "t"));
        desk.pass(2 * Desk.DELAY_MILLIS);
        desk.settle(List.of(leader));

        Ticket<Joined> other = desk.join(desk.joining("", "a", "u"));

        assertThat(answer(other).generation()).isEqualTo(2);
        assertThat(group.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void aStaticMemberKeepsItsPlaceThroughARebalanceUntilItsSessionEnds() {
        Ticket<Joined> one = desk.join(desk.joining("", "a", "t"));
        Ticket<Joined> two = desk.join(desk.joining("", "b", "t"));
        desk.pass(2 * Desk.DELAY_MILLIS);
        List<Joined> members = desk.settle(List.of(one, two));
        desk.leave(); // nothing

        // when b rejoins with something new and a is away for as long as members are waited for
        Join quick = new Join(
                new Join.Client("client", "/10.0.0.1"),
                members.get(1).memberId(),
                "b",
                Desk.SESSION_MILLIS,
                1,
                "consumer",
                List.of(new Protocol("range", subscription("t", "u"))),
                new Join.Abilities(true, true),
                new UUID(5, 5));
        Ticket<Joined> again = desk.join(quick);
        for (int i = 0; i < Desk.REBALANCE_MILLIS / 5_000; i++) {
            assertThat(waits(again)).isTrue();
            group.heartbeat(new Caller(members.get(0).memberId(), "a", 1), desk.now);
            desk.pass(5_000);
        }

        // then a is still a member, and b leads
        assertThat(answer(again).members()).extracting(Joined.Entry::instanceId).containsExactly("a", "b");
        assertThat(answer(again).leader()).isEqualTo(members.get(1).memberId());
    }

    @Test
    void anAdministratorRemovesAStaticMemberByItsInstance() {
        Ticket<Joined> leader = desk.join(desk.joining("", "a", "t"));
        desk.pass(2 * Desk.DELAY_MILLIS);
        desk.settle(List.of(leader));

        assertThat(desk.leave(new Leaving("other", "a")).members().get(0).error())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(desk.leave(new Leaving("", "a")).members().get(0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(group.state()).isEqualTo("Empty");
    }

    @Test
    void theProtocolThatMostLikeBestOfThoseAllKnowIsFollowed() {
        Protocol range = new Protocol("range", NOTHING);
        Protocol sticky = new Protocol("sticky", NOTHING);
        Protocol odd = new Protocol("odd", NOTHING);
        Ticket<Joined> one = desk.join(desk.joining("", "a", List.of(range, sticky)));
        Ticket<Joined> two = desk.join(desk.joining("", "b", List.of(odd, sticky, range)));
        Ticket<Joined> three = desk.join(desk.joining("", "c", List.of(sticky, range)));
        desk.pass(2 * Desk.DELAY_MILLIS);

        assertThat(List.of(one, two, three))
                .extracting(ticket -> answer(ticket).protocol())
                .containsOnly("sticky");
    }

    @Test
    void whoSharesNoProtocolIsRefused() {
        desk.stable(1, "t");
        Join other = desk.joining("", null, List.of(new Protocol("odd", NOTHING)));
        Join connect = new Join(
                other.client(),
                "",
                null,
                Desk.SESSION_MILLIS,
                Desk.REBALANCE_MILLIS,
                "connect",
                List.of(new Protocol("range", NOTHING)),
                other.abilities(),
                new UUID(4, 4));

        assertThat(answer(desk.join(other)).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(answer(desk.join(connect)).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(answer(desk.join(desk.joining("", null, List.of()))).error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(group.state()).isEqualTo("Stable");
    }

    @Test
    void strangersAndBadTimeoutsAreRefused() {
        desk.stable(1, "t");
        Join join = desk.joining("stranger", null, "t");
        assertThat(answer(desk.join(join)).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(answer(desk.join(desk.joining("stranger", "unknown-instance", "t")))
                        .error())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        for (int timeout : new int[] {5_999, 30_001}) {
            Join bad = new Join(
                    join.client(), "", null, timeout, 1, "consumer", join.protocols(), join.abilities(), join.fresh());
            assertThat(answer(desk.join(bad)).error()).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        }
        assertThat(group.heartbeat(new Caller("stranger", null, 1), desk.now)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aFullGroupTakesNobodyElse() {
        Desk small = new Desk(new GroupSettings(6_000, 30_000, 2, 0));
        Ticket<Joined> one = small.joinNew("t");
        Ticket<Joined> two = small.joinNew("t");
        assertThat(answer(small.join(small.joining("", null, "t"))).error())
                .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        Ticket<Joined> again = small.join(small.joining(answer(one).memberId(), null, "t"));
        small.settle(List.of(again, two));
    }

    @Test
    void offsetsAreCommittedByMembersOrByAnybodyWhileThereAreNone() {
        Caller nobody = new Caller("", null, GroupId.NO_GENERATION);
        assertThat(group.mayCommit(nobody, desk.now)).isEqualTo(ErrorCode.NONE);
        Ticket<Joined> ticket = desk.joinNew("t");
        desk.pass(2 * Desk.DELAY_MILLIS);
        Joined member = answer(ticket);

        assertThat(group.mayCommit(caller(member), desk.now)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        desk.settle(List.of(ticket));
        assertThat(group.mayCommit(caller(member), desk.now)).isEqualTo(ErrorCode.NONE);
        assertThat(group.mayCommit(nobody, desk.now)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group.mayCommit(new Caller(member.memberId(), null, 0), desk.now))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);

        desk.joinNew("t");
        assertThat(group.mayCommit(caller(member), desk.now))
                .as("before it rejoins")
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void offsetsOfTopicsThatAreReadStay() {
        assertThat(group.mayDeleteOffsets("t")).isEqualTo(ErrorCode.NONE);
        desk.stable(1, "t");
        assertThat(group.mayDeleteOffsets("t")).isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(group.mayDeleteOffsets("u")).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aTopicIsGivenUpOnceMembersAreAtRestWithoutIt() {
        assertThat(group.hasGivenUp("u")).as("nobody is there").isFalse();
        desk.stable(1, "t");
        assertThat(group.hasGivenUp("u")).isTrue();
        assertThat(group.hasGivenUp("t")).isFalse();

        desk.joinNew("u");
        assertThat(group.hasGivenUp("u")).isFalse();
        assertThat(group.hasGivenUp("other")).as("rebalancing").isFalse();
    }

    @Test
    void aGroupThatDiesAnswersEverybody() {
        List<Joined> members = desk.stable(2, "t");
        Ticket<Joined> newcomer = desk.joinNew("t");

        desk.ask((Ticket<Left> unused) -> {
            List<Reply<?>> replies = new java.util.ArrayList<>(group.die(ErrorCode.NOT_COORDINATOR));
            replies.add(new Reply<>(unused, Left.refused(ErrorCode.NONE)));
            return replies;
        });

        assertThat(answer(newcomer).error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(desk.heartbeat(members.get(0))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(group.nextDeadline()).isEqualTo(Member.NEVER);
    }

    @Test
    void aDescriptionShowsSharesOnlyWhileTheyHold() {
        List<Joined> members = desk.stable(2, "t");
        GroupDescription stable = group.describe();
        assertThat(stable.protocol()).isEqualTo("range");
        assertThat(stable.members().get(1).assignment()).containsExactly(1);
        assertThat(stable.members().get(1).metadata()).isEqualTo(subscription("t"));
        assertThat(stable.members().get(0).client().host()).isEqualTo("/10.0.0.1");

        desk.join(desk.joining(members.get(0).memberId(), null, "t"));
        assertThat(group.describe().protocol()).isEmpty();
        assertThat(group.describe().members().get(1).assignment()).isEmpty();
    }
}
