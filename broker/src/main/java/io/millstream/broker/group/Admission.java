package io.millstream.broker.group;

import io.millstream.broker.group.GroupState.CompletingRebalance;
import io.millstream.broker.group.GroupState.Dead;
import io.millstream.wire.ConsumerSubscription;
import io.millstream.wire.ErrorCode;
import java.util.List;
import java.util.Optional;

/** Who becomes a member, who is one already, and whether a join takes the group to a new generation. Pure. */
final class Admission {

    private final GroupSettings settings;
    private final Members members;
    private final Rebalance rebalance;

    Admission(GroupSettings settings, Members members, Rebalance rebalance) {
        this.settings = settings;
        this.members = members;
        this.rebalance = rebalance;
    }

    void join(Ticket<Joined> ticket, Join join, long now, Replies out) {
        ErrorCode objection = objection(join);
        if (objection != ErrorCode.NONE) {
            out.add(ticket, Joined.refused(objection, join.memberId()));
        } else if (join.memberId().isEmpty()) {
            newcomer(ticket, join, now, out);
        } else if (members.isExpected(join.memberId()) && join.instanceId() == null) {
            admit(ticket, join, join.memberId(), now, out);
        } else {
            returning(ticket, join, now, out);
        }
    }

    private ErrorCode objection(Join join) {
        if (rebalance.state() instanceof Dead) {
            return ErrorCode.COORDINATOR_NOT_AVAILABLE;
        }
        if (join.sessionTimeoutMillis() < settings.minSessionMillis()
                || join.sessionTimeoutMillis() > settings.maxSessionMillis()) {
            return ErrorCode.INVALID_SESSION_TIMEOUT;
        }
        if (join.protocolType().isEmpty() || join.protocols().isEmpty()) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        Member same = join.instanceId() == null
                ? members.get(join.memberId())
                : members.ofInstance(join.instanceId()).orElse(null);
        boolean sameType = members.isEmpty() || join.protocolType().equals(rebalance.protocolType());
        if (!sameType || !members.share(join.protocols(), same)) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        return hasRoom(same, join) ? ErrorCode.NONE : ErrorCode.GROUP_MAX_SIZE_REACHED;
    }

    private boolean hasRoom(Member same, Join join) {
        if (same != null) {
            return true;
        }
        int others = members.size() + members.expected() - (members.isExpected(join.memberId()) ? 1 : 0);
        return others < settings.maxSize();
    }

    private void newcomer(Ticket<Joined> ticket, Join join, long now, Replies out) {
        Optional<Member> before = join.instanceId() == null ? Optional.empty() : members.ofInstance(join.instanceId());
        String fresh = join.freshId();
        if (before.isPresent()) {
            replace(before.get(), ticket, join, now, out);
        } else if (join.instanceId() == null && join.abilities().takesIdFirst()) {
            members.expect(fresh, now + join.sessionTimeoutMillis());
            out.add(ticket, Joined.refused(ErrorCode.MEMBER_ID_REQUIRED, fresh));
        } else {
            admit(ticket, join, fresh, now, out);
        }
    }

    private void admit(Ticket<Joined> ticket, Join join, String memberId, long now, Replies out) {
        rebalance.admit(new Member(memberId, join), join.protocolType(), ticket, now, out);
    }

    /** A static member was started anew. If nothing else is new, the group goes on as it was. */
    private void replace(Member old, Ticket<Joined> ticket, Join join, long now, Replies out) {
        Member next = new Member(join.freshId(), join);
        boolean led = rebalance.isLed(old);
        rebalance.replace(old, next, out);
        if (!rebalance.isStable() || !isSameWork(old, next)) {
            rebalance.rejoin(next, ticket, now, out);
            return;
        }
        next.isAdmitted(now, join.rebalanceTimeoutMillis());
        if (led && !join.abilities().skipsAssignment()) {
            // Told that it leads, it would share out the work again; so it is told that its former self does.
            out.add(ticket, follower(rebalance.joined(next, false), old.id()));
        } else {
            out.add(ticket, rebalance.joined(next, led));
        }
    }

    private static Joined follower(Joined joined, String leader) {
        return new Joined(
                joined.error(),
                joined.generation(),
                joined.protocolType(),
                joined.protocol(),
                leader,
                false,
                joined.memberId(),
                List.of());
    }

    /** Consumers' metadata differ after a restart in what they owned; what counts is what they want to read. */
    private boolean isSameWork(Member old, Member next) {
        String protocol = rebalance.protocol();
        return members.vote().equals(protocol)
                && (!rebalance.isOfConsumers()
                        || ConsumerSubscription.topics(old.metadata(protocol))
                                .equals(ConsumerSubscription.topics(next.metadata(protocol))));
    }

    private void returning(Ticket<Joined> ticket, Join join, long now, Replies out) {
        ErrorCode stranger = members.check(join.memberId(), join.instanceId());
        if (stranger != ErrorCode.NONE) {
            out.add(ticket, Joined.refused(stranger, join.memberId()));
            return;
        }
        Member member = members.get(join.memberId());
        boolean asBefore = member.isAsBefore(join);
        boolean asksAgain =
                rebalance.state() instanceof CompletingRebalance || (rebalance.isStable() && !rebalance.isLed(member));
        if (asBefore && asksAgain) {
            member.isAlive(now);
            out.add(ticket, rebalance.joined(member, false));
        } else {
            member.update(join);
            rebalance.rejoin(member, ticket, now, out);
        }
    }
}
