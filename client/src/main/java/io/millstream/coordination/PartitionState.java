package io.millstream.coordination;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * {@code /brokers/topics/<topic>/partitions/<p>/state}: changed by compare-and-set only. The controller changes the leader,
 * the leader changes who is in sync.
 *
 * @param leader broker id; {@link #NO_LEADER} while nobody may lead
 * @param leaderEpoch raised with every change of leader and whenever the leader registered anew, from 0
 * @param leaderRegistration {@link Versioned#createdZxid} of the leader's registration that this term began with
 *     ({@link #NO_REGISTRATION} while nobody leads): a broker leads only under the registration it was elected with, so one
 *     that restarted or lost its session waits for its new term
 * @param isr ids of the replicas in sync
 * @param isrRegistrations for each of {@code isr}, in the same order, the {@link BrokerRegistration#incarnation} in which it
 *     was found to hold everything committed: what a later one of that broker may have lost is told by {@link
 *     BrokerRegistration#voidBefore}
 * @param eligible ids of replicas that left the ISR below min.insync.replicas and still hold everything acknowledged
 *     (KIP-966)
 * @param eligibleRegistrations for each of {@code eligible}, as {@code isrRegistrations}
 */
public record PartitionState(
        int leader,
        int leaderEpoch,
        long leaderRegistration,
        List<Integer> isr,
        List<Long> isrRegistrations,
        List<Integer> eligible,
        List<Long> eligibleRegistrations) {

    /** Nobody leads. */
    public static final int NO_LEADER = -1;

    /** No registration, because nobody leads. */
    public static final long NO_REGISTRATION = -1;

    /** Where a release that did not name registrations wrote the state: older than any, and than any loss. */
    public static final long UNKNOWN_REGISTRATION = 0;

    /**
     * @throws IllegalArgumentException if nobody is in sync, which cannot be, or registrations are given, but not one for each
     *     replica
     */
    public PartitionState {
        if (isr == null || isr.isEmpty() || isr.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "isr is " + isr + ", but the last replica in sync stays in it: restore the znode from a backup");
        }
        isr = List.copyOf(isr);
        isrRegistrations = registrations(isr, isrRegistrations);
        eligible = eligible == null ? List.of() : List.copyOf(eligible);
        eligibleRegistrations = registrations(eligible, eligibleRegistrations);
    }

    /** A state in which no registration but the leader's is known. */
    public PartitionState(
            int leader, int leaderEpoch, long leaderRegistration, List<Integer> isr, List<Integer> eligible) {
        this(leader, leaderEpoch, leaderRegistration, isr, null, eligible, null);
    }

    private static List<Long> registrations(List<Integer> brokers, List<Long> given) {
        if (given == null) { // an older release does not write them
            return Collections.nCopies(brokers.size(), UNKNOWN_REGISTRATION);
        }
        if (given.size() != brokers.size()) {
            throw new IllegalArgumentException(
                    given.size() + " registrations for the " + brokers.size() + " brokers " + brokers);
        }
        return List.copyOf(given);
    }

    /** The same in a new term, under the same leader. */
    public PartitionState inNextTerm() {
        return new PartitionState(
                leader, leaderEpoch + 1, leaderRegistration, isr, isrRegistrations, eligible, eligibleRegistrations);
    }

    /** Under which registration a member of the ISR was found to be in sync; {@link #NO_REGISTRATION} for another broker. */
    public long isrRegistration(int broker) {
        int place = isr.indexOf(broker);
        return place < 0 ? NO_REGISTRATION : isrRegistrations.get(place);
    }

    /** Under which registration an eligible replica was last in sync; {@link #NO_REGISTRATION} for another broker. */
    public long eligibleRegistration(int broker) {
        int place = eligible.indexOf(broker);
        return place < 0 ? NO_REGISTRATION : eligibleRegistrations.get(place);
    }
}
