package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One partition and what decides about its lead. Pure.
 *
 * @param replicas broker ids, the preferred leader first
 * @param state as it stands
 * @param brokers those that are registered
 * @param rules of its topic; asked only where something is to be decided
 */
record Ballot(
        TopicPartition partition,
        List<Integer> replicas,
        PartitionState state,
        Map<Integer, Versioned<BrokerRegistration>> brokers,
        Supplier<ElectionRules> rules) {

    /** A replica that was found to hold all that is committed, and in which incarnation. */
    record Member(int broker, long incarnation) {}

    /** How many must be in sync, which cannot be more than there are. */
    int minInSync() {
        return Math.min(rules.get().minInSync(), replicas.size());
    }

    List<Member> isr() {
        return members(state.isr(), state.isrRegistrations());
    }

    List<Member> eligible() {
        return members(state.eligible(), state.eligibleRegistrations());
    }

    private static List<Member> members(List<Integer> ids, List<Long> registrations) {
        List<Member> members = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            members.add(new Member(ids.get(i), registrations.get(i)));
        }
        return members;
    }

    /** Whether the leader is registered as it was when it was elected, still a replica, and has not begun it anew since. */
    boolean isLed() {
        Versioned<BrokerRegistration> leader = brokers.get(state.leader());
        return leader != null
                && leader.createdZxid() == state.leaderRegistration()
                && replicas.contains(state.leader())
                && Trust.mayLead(state, leader.value().renewed(partition));
    }

    /** Whether a broker lives and its disk with this partition works. */
    boolean serves(int broker) {
        Versioned<BrokerRegistration> registered = brokers.get(broker);
        return registered != null && !registered.value().isOffline(partition);
    }

    /** Whether a broker serves, and has looked whether it does. */
    boolean isKnownToServe(int broker) {
        return serves(broker) && !brokers.get(broker).value().starting();
    }

    boolean isDraining(int broker) {
        Versioned<BrokerRegistration> registered = brokers.get(broker);
        return registered != null && registered.value().draining();
    }

    /** Whether a broker serves and will go on doing so. */
    boolean stays(int broker) {
        return serves(broker) && !isDraining(broker);
    }

    /** Whether a member is known to have lost what it had. One that is away is not: it may come back with all of it. */
    boolean isVoid(Member member) {
        Versioned<BrokerRegistration> registered = brokers.get(member.broker());
        return registered != null && !Trust.stands(partition, member.incarnation(), registered);
    }

    /** Whether a member is there and holds what it had. */
    boolean isSound(Member member) {
        return replicas.contains(member.broker()) && serves(member.broker()) && !isVoid(member);
    }

    /** The registration of a broker that lives. */
    long registration(int broker) {
        return brokers.get(broker).createdZxid();
    }

    /** The replica of a broker that lives, as it is now. */
    Member member(int broker) {
        Versioned<BrokerRegistration> registered = brokers.get(broker);
        return new Member(broker, registered.value().incarnation(partition, registered.createdZxid()));
    }

    /** Those of {@code members} that meet {@code condition}, in the order of the replicas. */
    Stream<Member> inOrder(List<Member> members, Predicate<Member> condition) {
        return replicas.stream().flatMap(replica -> members.stream()
                .filter(member -> member.broker() == replica)
                .filter(condition));
    }
}
