package io.millstream.broker.group;

import io.millstream.broker.group.GroupState.CompletingRebalance;
import io.millstream.broker.group.GroupState.Dead;
import io.millstream.broker.group.GroupState.Empty;
import io.millstream.broker.group.GroupState.PreparingRebalance;
import io.millstream.wire.ConsumerSubscription;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One consumer group: the classic group protocol of Kafka, with static members (KIP-345), ids given out first (KIP-394) and
 * leaders that keep an assignment (KIP-814).
 *
 * <p>Pure. Each event comes with the time, in ms on the monotonic clock, and returns replies: to whoever caused it, or to
 * others who waited. Every ticket is replied to once, by this event or a later one. {@link #tick} is the event that only time
 * has passed; it is due at {@link #nextDeadline}.
 */
final class Group {

    private final String id;
    private final Members members = new Members();
    private final Rebalance rebalance;
    private final Admission admission;

    Group(String id, GroupSettings settings, long now) {
        this.id = id;
        this.rebalance = new Rebalance(settings, members, now);
        this.admission = new Admission(settings, members, rebalance);
    }

    String id() {
        return id;
    }

    /** Somebody wants to be a member of the next generation. */
    List<Reply<?>> join(Ticket<Joined> ticket, Join join, long now) {
        Replies out = new Replies();
        admission.join(ticket, join, now, out);
        rebalance.settle(now, out);
        return out.all();
    }

    /** A member wants its share; if it is the leader, it brings everybody's. */
    List<Reply<?>> sync(Ticket<Synced> ticket, Sync sync, long now) {
        Replies out = new Replies();
        ErrorCode objection = objection(sync);
        if (objection != ErrorCode.NONE) {
            out.add(ticket, Synced.refused(objection));
            return out.all();
        }
        Member member = members.get(sync.caller().memberId());
        member.isAlive(now);
        member.hasSynced();
        if (rebalance.state() instanceof CompletingRebalance completing) {
            member.syncs(ticket, out);
            if (rebalance.isLed(member)) {
                rebalance.distribute(completing, sync.assignments(), now, out);
            }
        } else {
            out.add(ticket, rebalance.synced(member));
        }
        return out.all();
    }

    private ErrorCode objection(Sync sync) {
        ErrorCode stranger = check(sync.caller());
        if (stranger != ErrorCode.NONE) {
            return stranger;
        }
        if (rebalance.state() instanceof PreparingRebalance) {
            return ErrorCode.REBALANCE_IN_PROGRESS;
        }
        boolean consistent = (sync.protocolType() == null || sync.protocolType().equals(rebalance.protocolType()))
                && (sync.protocol() == null || sync.protocol().equals(rebalance.protocol()));
        return consistent ? ErrorCode.NONE : ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    }

    /** Whether the caller is in the current generation. */
    private ErrorCode check(Caller caller) {
        if (rebalance.state() instanceof Dead) {
            return ErrorCode.COORDINATOR_NOT_AVAILABLE;
        }
        ErrorCode stranger = members.check(caller.memberId(), caller.instanceId());
        if (stranger != ErrorCode.NONE) {
            return stranger;
        }
        return caller.generation() == rebalance.generation() ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    /** A member says that it lives; it is told whether it has to join again. */
    ErrorCode heartbeat(Caller caller, long now) {
        ErrorCode objection = check(caller);
        if (objection != ErrorCode.NONE) {
            return objection;
        }
        members.get(caller.memberId()).isAlive(now);
        return rebalance.state() instanceof PreparingRebalance ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /** Members leave, or are made to. */
    List<Reply<?>> leave(Ticket<Left> ticket, List<Leaving> leaving, long now) {
        Replies out = new Replies();
        if (rebalance.state() instanceof Dead) {
            out.add(ticket, Left.refused(ErrorCode.COORDINATOR_NOT_AVAILABLE));
            return out.all();
        }
        List<Left.Entry> results = new ArrayList<>();
        for (Leaving each : leaving) {
            results.add(new Left.Entry(each, leave(each, now, out)));
        }
        out.add(ticket, new Left(ErrorCode.NONE, results));
        rebalance.settle(now, out);
        return out.all();
    }

    private ErrorCode leave(Leaving leaving, long now, Replies out) {
        String memberId = leaving.memberId();
        if (memberId.isEmpty() && leaving.instanceId() != null) {
            memberId = members.ofInstance(leaving.instanceId()).map(Member::id).orElse("");
        }
        if (members.forget(memberId)) {
            return ErrorCode.NONE;
        }
        ErrorCode stranger = members.check(memberId, leaving.instanceId());
        if (stranger == ErrorCode.NONE) {
            rebalance.remove(List.of(members.get(memberId)), ErrorCode.UNKNOWN_MEMBER_ID, now, out);
        }
        return stranger;
    }

    /** Time has passed: who is silent for too long is no member any more, who is late is waited for no longer. */
    List<Reply<?>> tick(long now) {
        Replies out = new Replies();
        members.forgetLate(now);
        rebalance.remove(members.silentAt(now), ErrorCode.UNKNOWN_MEMBER_ID, now, out);
        rebalance.settle(now, out);
        return out.all();
    }

    /** When {@link #tick} is due; {@link Member#NEVER} if time alone changes nothing. */
    long nextDeadline() {
        return rebalance.nextDeadline();
    }

    /**
     * Whether the caller may commit offsets. Whoever is in no generation may while the group has no members: consumers that
     * choose their partitions themselves, and administrators.
     */
    ErrorCode mayCommit(Caller caller, long now) {
        if (caller.generation() < 0 && rebalance.state() instanceof Empty) {
            return ErrorCode.NONE;
        }
        ErrorCode objection = check(caller);
        if (objection != ErrorCode.NONE) {
            return objection;
        }
        if (rebalance.state() instanceof CompletingRebalance) {
            return ErrorCode.REBALANCE_IN_PROGRESS; // it has not heard what it may read in this generation
        }
        members.get(caller.memberId()).isAlive(now);
        return ErrorCode.NONE;
    }

    /** Whether offsets for {@code topic} may be deleted: not while somebody reads it. */
    ErrorCode mayDeleteOffsets(String topic) {
        if (rebalance.state() instanceof Dead) {
            return ErrorCode.GROUP_ID_NOT_FOUND;
        }
        if (members.isEmpty()) {
            return ErrorCode.NONE;
        }
        if (!rebalance.isOfConsumers()) {
            return ErrorCode.NON_EMPTY_GROUP;
        }
        boolean read = members.all().stream().anyMatch(member -> member.protocols().stream()
                .anyMatch(protocol -> reads(member.metadata(protocol), topic)));
        return read ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
    }

    /** Whether members are at rest and none of them reads {@code topic}: what was committed for it may grow old (KIP-211). */
    boolean hasGivenUp(String topic) {
        return rebalance.isStable() && mayDeleteOffsets(topic) == ErrorCode.NONE;
    }

    private static boolean reads(byte[] metadata, String topic) {
        Optional<Set<String>> topics = ConsumerSubscription.topics(metadata);
        return topics.isEmpty() || topics.get().contains(topic); // what cannot be told is not deleted
    }

    /** Whether nobody is, or is about to be, a member. */
    boolean isEmpty() {
        return rebalance.state() instanceof Empty && members.expected() == 0;
    }

    /** Whether nobody ever was a member, and nobody is about to be: the group need not be remembered. */
    boolean isBlank() {
        return isEmpty() && rebalance.generation() == 0;
    }

    /** Nobody is silent: it was this side that could not hear. */
    void pardon(long now) {
        members.all().forEach(member -> member.pardon(now));
    }

    /** Since when the group has had no members; {@link Member#NEVER} if it has. */
    long emptySince() {
        return rebalance.state() instanceof Empty empty ? empty.since() : Member.NEVER;
    }

    int generation() {
        return rebalance.generation();
    }

    String state() {
        return rebalance.state().label();
    }

    String protocolType() {
        return rebalance.protocolType();
    }

    /** As administrators see it. */
    GroupDescription describe() {
        boolean stable = rebalance.isStable();
        List<GroupDescription.Entry> entries = members.all().stream()
                .map(member -> new GroupDescription.Entry(
                        member.id(),
                        member.instanceId(),
                        member.client(),
                        stable ? member.metadata(rebalance.protocol()) : Member.NOTHING,
                        stable ? member.assignment() : Member.NOTHING))
                .toList();
        String protocol = stable ? rebalance.protocol() : "";
        return new GroupDescription(ErrorCode.NONE, id, state(), protocolType(), protocol, entries);
    }

    /** The group is deleted, or no longer this broker's: whoever waits gets {@code error}. */
    List<Reply<?>> die(ErrorCode error) {
        Replies out = new Replies();
        rebalance.die(error, out);
        return out.all();
    }
}
