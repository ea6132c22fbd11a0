package io.millstream.broker.replica;

import io.millstream.coordination.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a leader makes of the ISR. Decides and does nothing else.
 *
 * @param state as it is stored
 * @param replicas broker ids that hold the partition
 * @param minInSync {@code min.insync.replicas}
 * @param standings how the followers do, by broker id
 * @param peers the live brokers by id
 */
public record IsrChange(
        PartitionState state,
        List<Integer> replicas,
        int minInSync,
        Map<Integer, FollowerStanding> standings,
        Map<Integer, Peer> peers) {

    /**
     * A live broker.
     *
     * @param incarnation of its replica
     * @param voidBefore what is known of earlier incarnations than this one is void
     * @param welcome whether it may join an ISR: it is not about to stop, and its disk works
     */
    public record Peer(long incarnation, long voidBefore, boolean welcome) {}

    /**
     * What the state should become; empty if it is right as it stands.
     *
     * <p>A member stays while it keeps up. Another replica joins once it has everything committed, and everything of earlier
     * terms, in the incarnation it has now. Who leaves while too few are left for {@code acks=all} stays eligible to
     * lead: nothing is committed without it.
     */
    public Optional<PartitionState> next() {
        Members isr = new Members();
        Members left = new Members();
        for (int i = 0; i < state.isr().size(); i++) {
            int member = state.isr().get(i);
            long entry = state.isrRegistrations().get(i);
            if (member == state.leader()) {
                isr.add(member, Math.max(entry, state.leaderRegistration()));
            } else if (isInSync(member)) {
                isr.add(member, peers.get(member).incarnation());
            } else if (!isVoid(member, entry)) {
                (keepsUp(member) ? isr : left).add(member, entry);
            }
        }
        for (int replica : replicas) {
            if (!state.isr().contains(replica)
                    && isInSync(replica)
                    && peers.get(replica).welcome()) {
                isr.add(replica, peers.get(replica).incarnation());
            }
        }
        boolean enough = isr.brokers.size() >= minInSync;
        Members eligible = enough ? new Members() : eligible(isr, left);
        PartitionState next = new PartitionState(
                state.leader(),
                state.leaderEpoch(),
                state.leaderRegistration(),
                isr.brokers,
                isr.incarnations,
                eligible.brokers,
                eligible.incarnations);
        boolean sameBrokers = next.isr().equals(state.isr()) && next.eligible().equals(state.eligible());
        return sameBrokers && !anyVoid() ? Optional.empty() : Optional.of(next);
    }

    private Members eligible(Members isr, Members left) {
        Members eligible = new Members();
        for (int i = 0; i < state.eligible().size(); i++) {
            int replica = state.eligible().get(i);
            long entry = state.eligibleRegistrations().get(i);
            if (!isr.brokers.contains(replica) && !isVoid(replica, entry)) {
                eligible.add(replica, entry);
            }
        }
        for (int i = 0; i < left.brokers.size(); i++) {
            if (!eligible.brokers.contains(left.brokers.get(i))) {
                eligible.add(left.brokers.get(i), left.incarnations.get(i));
            }
        }
        return eligible;
    }

    /** Whether a follower has what a member of the ISR must have, in the incarnation it has now. */
    private boolean isInSync(int broker) {
        FollowerStanding standing = standings.get(broker);
        Peer peer = peers.get(broker);
        return standing != null
                && peer != null
                && standing.incarnation() == peer.incarnation()
                && standing.caughtUp()
                && standing.keepsUp();
    }

    private boolean keepsUp(int broker) {
        FollowerStanding standing = standings.get(broker);
        return standing != null && standing.keepsUp();
    }

    /** Whether an entry speaks of a log that may have lost its end since. */
    private boolean isVoid(int broker, long entry) {
        Peer peer = peers.get(broker);
        return peer != null && entry != peer.incarnation() && entry < peer.voidBefore();
    }

    private boolean anyVoid() {
        for (int i = 0; i < state.isr().size(); i++) {
            if (state.isr().get(i) != state.leader()
                    && isVoid(state.isr().get(i), state.isrRegistrations().get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Replicas, and in which incarnation each was in sync. */
    private static final class Members {

        private final List<Integer> brokers = new ArrayList<>();
        private final List<Long> incarnations = new ArrayList<>();

        private void add(int broker, long incarnation) {
            brokers.add(broker);
            incarnations.add(incarnation);
        }
    }
}
