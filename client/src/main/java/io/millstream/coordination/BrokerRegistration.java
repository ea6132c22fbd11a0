package io.millstream.coordination;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicPartition;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * {@code /brokers/ids/<id>}, ephemeral: a broker that is alive. Its owner may change it while it stands; nothing is guarded
 * by its version but that.
 *
 * @param host what other brokers connect to, and clients that find brokers in ZooKeeper
 * @param port of the Kafka protocol, on that host
 * @param endpoints what the clients of each listener connect to, by the listener's name; one called
 *     {@link #ONLY_LISTENER} where nothing is said, as in registrations of older releases
 * @param httpPort of the HTTP endpoint, on the same host; -1 if there is none
 * @param rack where it stands, or null
 * @param bootId of the machine's current boot: tells a process restart from a power loss
 * @param directoryId of the broker's data directories: whoever holds their lock knows that a process which registered
 *     with the same id is dead, although its session may not have ended yet
 * @param unclean whether the broker may have lost records that it had under any registration before this one: it was not
 *     stopped cleanly, and the machine was started anew or a data directory failed since
 * @param voidBefore {@link Versioned#createdZxid} of the last registration of this broker that was {@code unclean}; 0 if
 *     none was. See {@link #voidBefore(long)}
 * @param draining whether the broker is about to stop: it is given no leadership, and leaves the ISRs that can spare it
 * @param offline topic to partitions whose data directory has failed or whose log is damaged: there this broker counts as
 *     dead
 * @param renewed topic and partition to the incarnation with which this broker's replica was begun anew, empty, because its
 *     log was damaged; see {@link #incarnation}
 * @param starting whether {@code offline} is still to come: the broker has not looked for all of its partitions yet
 */
public record BrokerRegistration(
        String host,
        int port,
        SortedMap<String, BrokerEndpoint> endpoints,
        int httpPort,
        String rack,
        String bootId,
        UUID directoryId,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean unclean, // releases that did not know these left them out
        @JsonSetter(nulls = Nulls.AS_EMPTY) long voidBefore,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean draining,
        SortedMap<String, SortedSet<Integer>> offline,
        SortedMap<String, SortedMap<Integer, Long>> renewed,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean starting) {

    /** Name of a broker's listener that has been given no other. */
    public static final String ONLY_LISTENER = "PLAINTEXT";

    public BrokerRegistration {
        SortedMap<String, BrokerEndpoint> said = endpoints == null ? new TreeMap<>() : new TreeMap<>(endpoints);
        if (said.isEmpty()) {
            said.put(ONLY_LISTENER, new BrokerEndpoint(host, port));
        }
        endpoints = Collections.unmodifiableSortedMap(said);
        offline = Collections.unmodifiableSortedMap(offline == null ? new TreeMap<>() : new TreeMap<>(offline));
        renewed = Collections.unmodifiableSortedMap(renewed == null ? new TreeMap<>() : new TreeMap<>(renewed));
    }

    /** The registration of a broker that has lost nothing and serves all it has. */
    public BrokerRegistration(
            String host,
            int port,
            SortedMap<String, BrokerEndpoint> endpoints,
            int httpPort,
            String rack,
            String bootId,
            UUID directoryId) {
        this(host, port, endpoints, httpPort, rack, bootId, directoryId, false, 0, false, null, null, false);
    }

    /** The same, of a broker that may have lost what it had under registrations before {@code voidBefore}, or this one. */
    public BrokerRegistration afterLoss(boolean nowUnclean, long lastVoid) {
        return with(nowUnclean, lastVoid, draining, offline, renewed, starting);
    }

    /** The same, of a broker that is about to stop, or is not. */
    public BrokerRegistration draining(boolean now) {
        return with(unclean, voidBefore, now, offline, renewed, starting);
    }

    /** The same, of a broker that has not yet looked for all of its partitions; {@link #offline(Collection)} ends that. */
    public BrokerRegistration whileStarting() {
        return with(unclean, voidBefore, draining, offline, renewed, true);
    }

    /** The same, of a broker that cannot serve {@code partitions}, and no others, because of their disks. */
    public BrokerRegistration offline(Collection<TopicPartition> partitions) {
        SortedMap<String, SortedSet<Integer>> now = new TreeMap<>();
        partitions.forEach(each -> now.computeIfAbsent(each.topic().value(), topic -> new TreeSet<>())
                .add(each.partition()));
        return with(unclean, voidBefore, draining, now, renewed, false);
    }

    /** The same, of a broker that began these replicas anew, and no others: topic and partition to the incarnation. */
    public BrokerRegistration renewed(SortedMap<String, SortedMap<Integer, Long>> now) {
        return with(unclean, voidBefore, draining, offline, now, starting);
    }

    private BrokerRegistration with(
            boolean nowUnclean,
            long lastVoid,
            boolean nowDraining,
            SortedMap<String, SortedSet<Integer>> nowOffline,
            SortedMap<String, SortedMap<Integer, Long>> nowRenewed,
            boolean nowStarting) {
        return new BrokerRegistration(
                host,
                port,
                endpoints,
                httpPort,
                rack,
                bootId,
                directoryId,
                nowUnclean,
                lastVoid,
                nowDraining,
                nowOffline,
                nowRenewed,
                nowStarting);
    }

    /** Whether this broker cannot serve {@code partition} because of its disk. */
    public boolean isOffline(TopicPartition partition) {
        SortedSet<Integer> ofTopic = offline.get(partition.topic().value());
        return ofTopic != null && ofTopic.contains(partition.partition());
    }

    /**
     * Under registrations before this one the broker may have had records that it has no more.
     *
     * @param createdZxid this registration's {@link Versioned#createdZxid}
     * @return a {@link Versioned#createdZxid}; 0 if it never lost anything
     */
    public long voidBefore(long createdZxid) {
        return unclean ? createdZxid : voidBefore;
    }

    /**
     * As {@link #voidBefore(long)} for one partition: of a replica that was begun anew, all earlier incarnations are void.
     */
    public long voidBefore(TopicPartition partition, long createdZxid) {
        return Math.max(voidBefore(createdZxid), renewed(partition));
    }

    /**
     * What tells this broker's replica of a partition, as it is now, from what it was before: the registration, or, between
     * this one and the next, the number with which the replica was begun anew. Never falls.
     *
     * @param createdZxid this registration's {@link Versioned#createdZxid}
     */
    public long incarnation(TopicPartition partition, long createdZxid) {
        return Math.max(createdZxid, renewed(partition));
    }

    /** With which incarnation the replica was last begun anew; 0 if it never was. */
    public long renewed(TopicPartition partition) {
        SortedMap<Integer, Long> ofTopic = renewed.get(partition.topic().value());
        return ofTopic == null ? 0 : ofTopic.getOrDefault(partition.partition(), 0L);
    }

    /** Where other brokers connect. A method, not a property: it is not stored. */
    @JsonIgnore
    public BrokerEndpoint endpoint() {
        return new BrokerEndpoint(host, port);
    }

    /** Where the clients of a listener connect; empty if this broker has none of that name for them. */
    public Optional<BrokerEndpoint> endpoint(String listener) {
        return Optional.ofNullable(endpoints.get(listener));
    }
}
