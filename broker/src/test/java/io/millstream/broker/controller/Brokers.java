package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Brokers that come, go, and lose what they had, as ZooKeeper shows them. */
final class Brokers {

    static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final SortedMap<Integer, Versioned<BrokerRegistration>> registered = new TreeMap<>();
    private final SortedMap<Integer, Long> lastVoid = new TreeMap<>();
    private final SortedMap<Integer, Long> lastRenewed = new TreeMap<>();

    /** The broker registers, its logs whole. */
    Brokers up(int id, long zxid) {
        register(id, false, zxid);
        return this;
    }

    /** The broker registers after its machine lost power. */
    Brokers unclean(int id, long zxid) {
        register(id, true, zxid);
        lastVoid.put(id, zxid);
        return this;
    }

    private void register(int id, boolean unclean, long zxid) {
        BrokerRegistration registration = States.registration(id).afterLoss(unclean, lastVoid.getOrDefault(id, 0L));
        registered.put(id, States.versioned(withRenewed(id, registration), zxid));
    }

    Brokers down(int id) {
        registered.remove(id);
        return this;
    }

    Brokers draining(int id) {
        return change(id, registration -> registration.draining(true));
    }

    /** The broker has not looked for its partitions yet. */
    Brokers starting(int id) {
        return change(id, BrokerRegistration::whileStarting);
    }

    /** The disk that has the partition fails. */
    Brokers offline(int id) {
        return change(id, registration -> registration.offline(List.of(PARTITION)));
    }

    /** The broker has begun its replica anew. */
    Brokers renewed(int id, long incarnation) {
        lastRenewed.put(id, incarnation);
        return change(id, registration -> withRenewed(id, registration));
    }

    private BrokerRegistration withRenewed(int id, BrokerRegistration registration) {
        SortedMap<String, SortedMap<Integer, Long>> renewed = new TreeMap<>();
        if (lastRenewed.containsKey(id)) {
            renewed.put(PARTITION.topic().value(), new TreeMap<>(Map.of(PARTITION.partition(), lastRenewed.get(id))));
        }
        return registration.renewed(renewed);
    }

    private Brokers change(int id, UnaryOperator<BrokerRegistration> how) {
        registered.computeIfPresent(id, (key, was) -> was.with(how.apply(was.value())));
        return this;
    }

    SortedMap<Integer, Versioned<BrokerRegistration>> registered() {
        return registered;
    }

    Ballot ballot(List<Integer> replicas, PartitionState state, ElectionRules rules) {
        return new Ballot(PARTITION, replicas, state, registered, () -> rules);
    }

    /** Members were found in sync under registrations of ten times their ids. */
    static PartitionState state(int leader, int epoch, long registration, List<Integer> isr, List<Integer> eligible) {
        return state(leader, epoch, registration, isr, tens(isr), eligible);
    }

    static PartitionState state(
            int leader,
            int epoch,
            long registration,
            List<Integer> isr,
            List<Long> isrRegistrations,
            List<Integer> eligible) {
        return new PartitionState(leader, epoch, registration, isr, isrRegistrations, eligible, tens(eligible));
    }

    private static List<Long> tens(List<Integer> ids) {
        List<Long> tens = new ArrayList<>();
        ids.forEach(id -> tens.add(id * 10L));
        return tens;
    }
}
