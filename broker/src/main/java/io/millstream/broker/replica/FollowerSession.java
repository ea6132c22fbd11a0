package io.millstream.broker.replica;

import io.millstream.core.TopicPartition;
import io.millstream.wire.ByTopic;
import io.millstream.wire.message.Fetch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The follower's side of an incremental fetch session (KIP-227): what its leader was told, so that a request says only what
 * has changed. Decides and does nothing else; belongs to the fetcher's loop.
 */
final class FollowerSession {

    private final FetchSettings settings;
    private final ToLongFunction<TopicPartition> incarnations;
    private final Map<TopicPartition, FollowedPartition> told = new HashMap<>(); // what the leader answers for
    private int id = Fetch.Session.NONE.id();
    private int epoch = Fetch.Session.INITIAL_EPOCH;

    /** @param incarnations of this broker's replicas */
    FollowerSession(FetchSettings settings, ToLongFunction<TopicPartition> incarnations) {
        this.settings = settings;
        this.incarnations = incarnations;
    }

    /** Whether the leader remembers what it was told. */
    boolean isOpen() {
        return id != Fetch.Session.NONE.id();
    }

    /** Whether the leader answers for any partition. */
    boolean asksForSomething() {
        return !told.isEmpty();
    }

    /** Takes the session's id, which an answer names; none if the leader keeps no session, and every request is a full one. */
    void answered(int sessionId) {
        id = sessionId;
        if (!isOpen()) {
            epoch = Fetch.Session.INITIAL_EPOCH;
        }
    }

    /**
     * The next request. What is ready is asked for, what is not is taken out.
     *
     * @param number of the request
     * @param all what is followed
     * @param changed what of it, and of what was followed before, is not as the leader knows it
     */
    Fetch.Request next(long number, Collection<FollowedPartition> all, Collection<FollowedPartition> changed) {
        Set<TopicPartition> forgotten = new LinkedHashSet<>();
        if (isOpen()) {
            for (FollowedPartition one : changed) {
                if (!one.isReady() && told.remove(one.id(), one)) {
                    forgotten.add(one.id());
                }
            }
        } else {
            told.clear();
        }
        Map<String, List<Fetch.Query>> wanted = new LinkedHashMap<>();
        for (FollowedPartition one : isOpen() ? changed : all) {
            if (one.isReady()) {
                long incarnation = incarnations.applyAsLong(one.id());
                one.ask(number, settings.partitionBytes(), incarnation).ifPresent(query -> {
                    told.put(one.id(), one);
                    forgotten.remove(one.id()); // that was an earlier term of the same partition
                    add(wanted, one.id(), query);
                });
            }
        }
        Map<String, List<Integer>> unwanted = new LinkedHashMap<>();
        forgotten.forEach(id -> add(unwanted, id, id.partition()));
        Fetch.Session session = new Fetch.Session(id, epoch, byTopic(unwanted));
        epoch = epoch == Integer.MAX_VALUE ? Fetch.Session.INITIAL_EPOCH + 1 : epoch + 1;
        return new Fetch.Request(
                settings.brokerId(),
                new Fetch.Bounds(
                        isOpen() ? settings.waitMaxMillis() : 0, // others can join once the session has an id
                        settings.minBytes(),
                        settings.responseBytes()),
                Fetch.READ_UNCOMMITTED,
                session,
                byTopic(wanted),
                "");
    }

    private static <T> void add(Map<String, List<T>> map, TopicPartition id, T value) {
        map.computeIfAbsent(id.topic().value(), name -> new ArrayList<>(1)).add(value);
    }

    private static <T> List<ByTopic<T>> byTopic(Map<String, List<T>> map) {
        List<ByTopic<T>> topics = new ArrayList<>(map.size());
        map.forEach((name, partitions) -> topics.add(new ByTopic<>(name, partitions)));
        return topics;
    }
}
