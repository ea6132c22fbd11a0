package io.millstream.broker.controller;

import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicDeletion;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Which brokers may hold logs that are not theirs any more. A broker that is away when a replica is taken from it keeps the
 * log until it is back, and may be back only when the topic is no more and another has its name. Pure.
 */
final class Leftovers {

    private Leftovers() {}

    /**
     * Remembers {@code brokers}, each until it says itself that it holds nothing. It is written also if all of them are
     * remembered already: one of them may be about to say so.
     */
    static Write remember(ClusterState cluster, TopicName name, UUID topicId, Collection<Integer> brokers) {
        Versioned<TopicDeletion> earlier = cluster.deletions().get(name);
        SortedMap<UUID, List<Integer>> pending = earlier == null
                ? new TreeMap<>()
                : new TreeMap<>(earlier.value().pending());
        TreeSet<Integer> all = new TreeSet<>(pending.getOrDefault(topicId, List.of()));
        all.addAll(brokers);
        pending.put(topicId, List.copyOf(all));
        byte[] document = Document.write(new TopicDeletion(pending));
        return earlier == null
                ? new Write.Create(Paths.deletedTopic(name), document)
                : new Write.Update(Paths.deletedTopic(name), document, earlier.version());
    }
}
