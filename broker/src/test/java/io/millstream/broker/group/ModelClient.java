package io.millstream.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A consumer as the protocol wants it, one step at a time. It notes what it may read in which generation. */
final class ModelClient {

    /** Partitions that the leader shares out. */
    static final int PARTITIONS = 12;

    private final Desk desk;
    private final String instanceId;
    private final int rebalanceMillis;
    private final Map<String, String> owners;
    private String memberId = "";
    private Joined joined;
    private Ticket<Joined> joining;
    private Ticket<Synced> syncing;
    private boolean stable;
    private int newest = -1;
    private boolean over;
    private String topic = "t";

    /** @param owners "generation/partition" to who read it, of all clients */
    ModelClient(Desk desk, String instanceId, int rebalanceMillis, Map<String, String> owners) {
        this.desk = desk;
        this.instanceId = instanceId;
        this.rebalanceMillis = rebalanceMillis;
        this.owners = owners;
    }

    String instanceId() {
        return instanceId;
    }

    String memberId() {
        return memberId;
    }

    /** Whether it was told that another took its place. */
    boolean isOver() {
        return over;
    }

    boolean isStable() {
        return stable;
    }

    int generation() {
        return joined == null ? -1 : joined.generation();
    }

    void wantOther(String other) {
        topic = other;
        forgetAnswers();
        stable = false;
    }

    /** Sends again what it waits for, as after a broken connection. */
    void forgetAnswers() {
        joining = null;
        syncing = null;
    }

    void leave() {
        if (!memberId.isEmpty()) {
            desk.leave(new Leaving(memberId, instanceId));
        }
    }

    /** Does the next thing. */
    void act(long fresh) {
        if (over) {
            return;
        }
        if (stable) {
            beat();
        } else if (joining != null) {
            if (joining.answer().isDone()) {
                Joined answer = Desk.answer(joining);
                joining = null;
                hearJoined(answer);
            }
        } else if (syncing != null) {
            if (syncing.answer().isDone()) {
                Synced answer = Desk.answer(syncing);
                syncing = null;
                hearSynced(answer);
            }
        } else {
            join(fresh);
        }
    }

    private void join(long fresh) {
        joining = desk.join(new Join(
                new Join.Client("c", "/h"),
                memberId,
                instanceId,
                Desk.SESSION_MILLIS,
                rebalanceMillis,
                "consumer",
                List.of(new Protocol("range", Desk.subscription(topic))),
                new Join.Abilities(true, fresh % 2 == 0),
                new UUID(1, fresh)));
    }

    private void hearJoined(Joined answer) {
        switch (answer.error()) {
            case NONE -> {
                assertThat(answer.generation()).as("generation of %s", memberId).isGreaterThanOrEqualTo(newest);
                newest = answer.generation();
                joined = answer;
                memberId = answer.memberId();
                sync();
            }
            case MEMBER_ID_REQUIRED -> memberId = answer.memberId();
            default -> hear(answer.error());
        }
    }

    private void sync() {
        Map<String, byte[]> shares = new HashMap<>();
        if (joined.leader().equals(memberId) && !joined.skipAssignment()) {
            List<Joined.Entry> members = joined.members();
            for (int m = 0; m < members.size(); m++) {
                List<Byte> share = new ArrayList<>();
                for (int p = m; p < PARTITIONS; p += members.size()) {
                    share.add((byte) p);
                }
                byte[] bytes = new byte[share.size()];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = share.get(i);
                }
                shares.put(members.get(m).memberId(), bytes);
            }
        }
        Sync sync = new Sync(new Caller(memberId, instanceId, joined.generation()), "consumer", "range", shares);
        syncing = desk.ask(ticket -> desk.group.sync(ticket, sync, desk.now));
    }

    private void hearSynced(Synced answer) {
        if (answer.error() != ErrorCode.NONE) {
            hear(answer.error());
            return;
        }
        stable = true;
        String self = instanceId == null ? memberId : instanceId;
        for (byte partition : answer.assignment()) {
            String before = owners.putIfAbsent(joined.generation() + "/" + partition, self);
            assertThat(before == null ? self : before)
                    .as("owner of %s in generation %s", partition, joined.generation())
                    .isEqualTo(self);
        }
    }

    private void beat() {
        Caller caller = new Caller(memberId, instanceId, joined.generation());
        ErrorCode commit = desk.group.mayCommit(caller, desk.now);
        ErrorCode heartbeat = desk.group.heartbeat(caller, desk.now);
        assertThat(commit).isEqualTo(heartbeat == ErrorCode.REBALANCE_IN_PROGRESS ? ErrorCode.NONE : heartbeat);
        if (heartbeat != ErrorCode.NONE) {
            stable = false;
            hear(heartbeat);
        }
    }

    private void hear(ErrorCode error) {
        switch (error) {
            case REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION -> {}
            case UNKNOWN_MEMBER_ID -> memberId = "";
            case FENCED_INSTANCE_ID -> over = true;
            default -> throw new AssertionError(error);
        }
    }
}
