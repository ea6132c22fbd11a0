package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A member of a group: what it said of itself, what it waits for, and until when it is waited for. */
final class Member {

    static final byte[] NOTHING = {};
    static final long NEVER = Long.MAX_VALUE;

    private final String id;
    private final String instanceId;
    private final Join.Client client;

    private int sessionTimeoutMillis;
    private int rebalanceTimeoutMillis;
    private Map<String, Protocol> protocols;
    private byte[] assignment = NOTHING;
    private Ticket<Joined> joining;
    private Ticket<Synced> syncing;
    private long silentUntil;
    private long syncDue = NEVER;
    private boolean admitted;

    Member(String id, Join join) {
        this.id = id;
        this.instanceId = join.instanceId();
        this.client = join.client();
        update(join);
    }

    /** Takes what the member says of itself now. */
    void update(Join join) {
        sessionTimeoutMillis = join.sessionTimeoutMillis();
        rebalanceTimeoutMillis = join.rebalanceTimeoutMillis();
        protocols = byName(join.protocols());
    }

    private static Map<String, Protocol> byName(List<Protocol> protocols) {
        Map<String, Protocol> byName = new LinkedHashMap<>();
        protocols.forEach(protocol -> byName.putIfAbsent(protocol.name(), protocol));
        return byName;
    }

    String id() {
        return id;
    }

    /** Null for a dynamic member. */
    String instanceId() {
        return instanceId;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    Join.Client client() {
        return client;
    }

    int rebalanceTimeoutMillis() {
        return rebalanceTimeoutMillis;
    }

    /** Names of the protocols it can follow, best first. */
    Set<String> protocols() {
        return protocols.keySet();
    }

    byte[] metadata(String protocol) {
        Protocol found = protocols.get(protocol);
        return found == null ? NOTHING : found.metadata();
    }

    /** Whether it says of itself what it said before. */
    boolean isAsBefore(Join join) {
        Map<String, Protocol> now = byName(join.protocols());
        return List.copyOf(now.keySet()).equals(List.copyOf(protocols.keySet()))
                && now.values().stream().allMatch(protocol -> protocol.sameAs(protocols.get(protocol.name())));
    }

    byte[] assignment() {
        return assignment;
    }

    void assign(byte[] share) {
        assignment = share;
    }

    boolean isJoining() {
        return joining != null;
    }

    boolean isSyncing() {
        return syncing != null;
    }

    /**
     * Parks a join. A new member has no id to send heartbeats with, and its connection may be gone unnoticed: it is not
     * waited for longer than {@code newcomerPatience}.
     */
    void joins(Ticket<Joined> ticket, long now, long newcomerPatience, Replies out) {
        answerJoin(Joined.refused(ErrorCode.REBALANCE_IN_PROGRESS, id), out);
        joining = ticket;
        if (!admitted) {
            silentUntil = now + newcomerPatience;
        }
    }

    /** Answers a parked join, if there is one. */
    void answerJoin(Joined answer, Replies out) {
        if (joining != null) {
            out.add(joining, answer);
            joining = null;
        }
    }

    /** Parks a sync. */
    void syncs(Ticket<Synced> ticket, Replies out) {
        answerSync(Synced.refused(ErrorCode.REBALANCE_IN_PROGRESS), out);
        syncing = ticket;
        syncDue = NEVER;
    }

    /** Answers a parked sync, if there is one. */
    void answerSync(Synced answer, Replies out) {
        if (syncing != null) {
            out.add(syncing, answer);
            syncing = null;
        }
    }

    /** The member was heard of, or answered. */
    void isAlive(long now) {
        silentUntil = now + sessionTimeoutMillis;
    }

    /** It may have been heard of: it gets a session more, and what was waited for longer still is. */
    void pardon(long now) {
        silentUntil = Math.max(silentUntil, now + sessionTimeoutMillis);
    }

    /** It knows its id and generation; it is expected to sync within {@code patience}. */
    void isAdmitted(long now, long patience) {
        admitted = true;
        isAlive(now);
        syncDue = now + patience;
    }

    void hasSynced() {
        syncDue = NEVER;
    }

    /** When it counts as gone. What waits here for others is not silent. */
    long deadline() {
        if (syncing != null || (joining != null && admitted)) {
            return NEVER;
        }
        return joining != null ? silentUntil : Math.min(silentUntil, syncDue);
    }
}
