package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group's members in the order they came, and the ids given out with which nobody has joined yet (KIP-394). */
final class Members {

    private final Map<String, Member> byId = new LinkedHashMap<>();
    private final Map<String, Member> byInstance = new HashMap<>();
    private final Map<String, Long> expected = new HashMap<>();

    boolean isEmpty() {
        return byId.isEmpty();
    }

    int size() {
        return byId.size();
    }

    Collection<Member> all() {
        return byId.values();
    }

    boolean has(String id) {
        return byId.containsKey(id);
    }

    /** The member with this id, which must be one. */
    Member get(String id) {
        return byId.get(id);
    }

    Optional<Member> ofInstance(String instanceId) {
        return Optional.ofNullable(byInstance.get(instanceId));
    }

    void add(Member member) {
        byId.put(member.id(), member);
        if (member.isStatic()) {
            byInstance.put(member.instanceId(), member);
        }
        expected.remove(member.id());
    }

    void remove(Member member) {
        byId.remove(member.id());
        if (member.isStatic()) {
            byInstance.remove(member.instanceId());
        }
    }

    /** Gave {@code id} to somebody who is to join with it. */
    void expect(String id, long until) {
        expected.put(id, until);
    }

    boolean isExpected(String id) {
        return expected.containsKey(id);
    }

    int expected() {
        return expected.size();
    }

    boolean forget(String id) {
        return expected.remove(id) != null;
    }

    void forgetLate(long now) {
        expected.values().removeIf(until -> until <= now);
    }

    void clear() {
        byId.clear();
        byInstance.clear();
        expected.clear();
    }

    /** Whether somebody is who they say: a member, and of a static instance the one that joined last. */
    ErrorCode check(String id, String instanceId) {
        if (instanceId != null) {
            Member current = byInstance.get(instanceId);
            if (current == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            return current.id().equals(id) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
        }
        return byId.containsKey(id) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    long joining() {
        return byId.values().stream().filter(Member::isJoining).count();
    }

    /** Whether nobody is left to be waited for. */
    boolean allJoined() {
        return expected.isEmpty() && byId.values().stream().allMatch(Member::isJoining);
    }

    int longestRebalanceMillis() {
        return byId.values().stream()
                .mapToInt(Member::rebalanceTimeoutMillis)
                .max()
                .orElse(0);
    }

    List<Member> silentAt(long now) {
        return byId.values().stream().filter(member -> member.deadline() <= now).toList();
    }

    long nextDeadline() {
        long next = Member.NEVER;
        for (Member member : byId.values()) {
            next = Math.min(next, member.deadline());
        }
        for (long until : expected.values()) {
            next = Math.min(next, until);
        }
        return next;
    }

    /** Whether everybody but {@code except} (null for nobody) can follow one of {@code protocols}. */
    boolean share(Collection<Protocol> protocols, Member except) {
        return protocols.stream().anyMatch(protocol -> byId.values().stream()
                .allMatch(member -> member == except || member.protocols().contains(protocol.name())));
    }

    /** The protocol that most members like best of those that all can follow; of equal ones the oldest member's choice. */
    String vote() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        List<String> common = new ArrayList<>(byId.values().iterator().next().protocols());
        byId.values().forEach(member -> common.retainAll(member.protocols()));
        common.forEach(protocol -> votes.put(protocol, 0));
        for (Member member : byId.values()) {
            member.protocols().stream()
                    .filter(votes::containsKey)
                    .findFirst()
                    .ifPresent(first -> votes.merge(first, 1, Integer::sum));
        }
        String best = null;
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (best == null || vote.getValue() > votes.get(best)) {
                best = vote.getKey();
            }
        }
        return best;
    }
}
