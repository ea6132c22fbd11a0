package io.millstream.broker.group;

import io.millstream.broker.group.GroupState.CompletingRebalance;
import io.millstream.broker.group.GroupState.Empty;
import io.millstream.broker.group.GroupState.PreparingRebalance;
import io.millstream.broker.group.GroupState.Ready;
import io.millstream.broker.group.GroupState.Stable;
import io.millstream.wire.ConsumerSubscription;
import io.millstream.wire.ErrorCode;
import java.util.List;
import java.util.Map;

/**
 * How a group gets from one generation to the next: whom it waits for, who leads, which protocol is followed, who gets
 * which share. Pure: time comes in, replies go out.
 */
final class Rebalance {

    /** How long somebody who has no id yet waits in a group that does not get on; they ask again (KAFKA-7610). */
    private static final long NEWCOMER_PATIENCE_MILLIS = 5 * 60_000;

    private final GroupSettings settings;
    private final Members members;

    private GroupState state;
    private int generation;
    private String protocolType = "";
    private String protocol;
    private String leader;

    Rebalance(GroupSettings settings, Members members, long now) {
        this.settings = settings;
        this.members = members;
        this.state = new Empty(now);
    }

    GroupState state() {
        return state;
    }

    int generation() {
        return generation;
    }

    /** Empty if the group never had members. */
    String protocolType() {
        return protocolType;
    }

    /** Null before the first generation, and while there are no members. */
    String protocol() {
        return protocol;
    }

    boolean isLed(Member member) {
        return member.id().equals(leader);
    }

    String leader() {
        return leader;
    }

    /** A new member, which waits for the next generation. */
    void admit(Member member, String type, Ticket<Joined> ticket, long now, Replies out) {
        if (members.isEmpty()) {
            protocolType = type;
            leader = member.id();
        }
        members.add(member);
        member.joins(ticket, now, NEWCOMER_PATIENCE_MILLIS, out);
        if (state instanceof PreparingRebalance preparing) {
            state = preparing.withNewcomer();
        } else {
            begin(now, out);
        }
    }

    /** A member joins again, and waits for the next generation. */
    void rejoin(Member member, Ticket<Joined> ticket, long now, Replies out) {
        member.joins(ticket, now, NEWCOMER_PATIENCE_MILLIS, out);
        begin(now, out);
    }

    /** {@code next} takes the place of {@code old}, the same static member before it was started anew. */
    void replace(Member old, Member next, Replies out) {
        old.answerJoin(Joined.refused(ErrorCode.FENCED_INSTANCE_ID, old.id()), out);
        old.answerSync(Synced.refused(ErrorCode.FENCED_INSTANCE_ID), out);
        members.remove(old);
        members.add(next);
        next.assign(old.assignment());
        if (isLed(old)) {
            leader = next.id();
        }
    }

    /** Begins a rebalance if none is under way. */
    void begin(long now, Replies out) {
        if (!(state instanceof Ready ready)) {
            return;
        }
        for (Member member : members.all()) {
            if (member.isSyncing()) {
                member.answerSync(Synced.refused(ErrorCode.REBALANCE_IN_PROGRESS), out);
                member.isAlive(now); // it was not silent, it waited here
            }
            member.hasSynced();
        }
        long due = now + members.longestRebalanceMillis();
        if (ready instanceof Empty empty && settings.initialDelayMillis() > 0) {
            state = empty.gather(
                    now, settings.initialDelayMillis(), Math.max(due, now + settings.initialDelayMillis()));
        } else {
            state = ready.rebalance(due);
        }
    }

    /** Takes members away; what they wait for is answered with {@code error}. */
    void remove(List<Member> gone, ErrorCode error, long now, Replies out) {
        for (Member member : gone) {
            member.answerJoin(Joined.refused(error, member.id()), out);
            member.answerSync(Synced.refused(error), out);
            drop(member);
        }
        if (!gone.isEmpty() && !(state instanceof Empty)) {
            begin(now, out);
        }
    }

    private void drop(Member member) {
        members.remove(member);
        if (isLed(member)) {
            leader = members.isEmpty() ? null : members.all().iterator().next().id();
        }
    }

    /** Ends the wait for members if it is time. To be called after each event. */
    void settle(long now, Replies out) {
        if (!(state instanceof PreparingRebalance preparing)) {
            return;
        }
        if (members.isEmpty() && members.expected() == 0) {
            state = emptied(preparing, now);
        } else if (now >= preparing.due()) {
            preparing.putOff(now).ifPresentOrElse(later -> state = later, () -> end(preparing, now, out));
        } else if (preparing.endsWhenAllJoined() && members.allJoined()) {
            end(preparing, now, out);
        }
    }

    private Empty emptied(PreparingRebalance preparing, long now) {
        generation++;
        protocol = null;
        leader = null;
        return preparing.nobodyLeft(now);
    }

    private void end(PreparingRebalance preparing, long now, Replies out) {
        // A static member that is being restarted keeps its place until its session ends (KIP-345).
        List<Member> late = members.all().stream()
                .filter(member -> !member.isJoining() && !member.isStatic())
                .toList();
        late.forEach(this::drop);
        if (members.isEmpty()) {
            state = emptied(preparing, now);
            return;
        }
        if (members.joining() == 0) {
            state = preparing.again(now + members.longestRebalanceMillis());
            return;
        }
        if (!members.get(leader).isJoining()) {
            leader = members.all().stream()
                    .filter(Member::isJoining)
                    .findFirst()
                    .orElseThrow()
                    .id();
        }
        generation++;
        protocol = members.vote();
        state = preparing.allJoined();
        long patience = members.longestRebalanceMillis();
        for (Member member : members.all()) {
            if (member.isJoining()) {
                member.answerJoin(joined(member, false), out);
                member.isAdmitted(now, patience);
            }
            member.assign(Member.NOTHING);
        }
    }

    /** What a member of the current generation is told on joining. */
    Joined joined(Member member, boolean skipAssignment) {
        List<Joined.Entry> everybody = isLed(member)
                ? members.all().stream()
                        .map(each -> new Joined.Entry(each.id(), each.instanceId(), each.metadata(protocol)))
                        .toList()
                : List.of();
        return new Joined(
                ErrorCode.NONE, generation, protocolType, protocol, leader, skipAssignment, member.id(), everybody);
    }

    /** The leader brings the assignment: everybody who waits gets their share. */
    void distribute(CompletingRebalance completing, Map<String, byte[]> assignments, long now, Replies out) {
        state = completing.assigned();
        for (Member member : members.all()) {
            member.assign(assignments.getOrDefault(member.id(), Member.NOTHING));
            if (member.isSyncing()) {
                member.answerSync(synced(member), out);
                member.isAlive(now);
            }
        }
    }

    Synced synced(Member member) {
        return new Synced(ErrorCode.NONE, protocolType, protocol, member.assignment());
    }

    /** When time alone will change something; {@link Member#NEVER} if it will not. */
    long nextDeadline() {
        long due = state instanceof PreparingRebalance preparing ? preparing.due() : Member.NEVER;
        return Math.min(due, members.nextDeadline());
    }

    boolean isStable() {
        return state instanceof Stable;
    }

    boolean isOfConsumers() {
        return protocolType.equals(ConsumerSubscription.PROTOCOL_TYPE);
    }

    /** Answers everybody who waits, and is dead. */
    void die(ErrorCode error, Replies out) {
        for (Member member : members.all()) {
            member.answerJoin(Joined.refused(error, member.id()), out);
            member.answerSync(Synced.refused(error), out);
        }
        members.clear();
        state = state.die();
    }
}
