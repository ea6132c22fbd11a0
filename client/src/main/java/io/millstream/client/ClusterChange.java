package io.millstream.client;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something that is otherwise in a cluster than it was. See {@link Cluster#onChange}. */
public sealed interface ClusterChange {

    /** A broker is there, or is where it was not before. */
    record BrokerCame(ClusterView.Broker broker) implements ClusterChange {}

    /** @param id of a broker that is there no more */
    record BrokerWent(int id) implements ClusterChange {}

    /** A topic is there; one that was deleted and made anew meanwhile went first. */
    record TopicCame(TopicName topic) implements ClusterChange {}

    /** A topic is there no more. */
    record TopicWent(TopicName topic) implements ClusterChange {}

    /** A topic has a partition that it did not have. */
    record PartitionCame(TopicPartition partition) implements ClusterChange {}

    /**
     * Another broker leads, or the same in another term, or nobody.
     *
     * @param leader broker id; negative for nobody
     * @param leaderEpoch -1 where the source does not say
     */
    record LeaderMoved(TopicPartition partition, int leader, int leaderEpoch) implements ClusterChange {}

    /** What leads from one view to the other: brokers, then topics, then partitions. Pure. */
    static List<ClusterChange> between(ClusterView before, ClusterView after) {
        List<ClusterChange> changes = new ArrayList<>();
        brokers(before, after, changes);
        List<ClusterChange> leaders = new ArrayList<>();
        before.topics().forEach((name, topic) -> {
            if (!isSame(topic, after.topics().get(name))) {
                changes.add(new TopicWent(name));
            }
        });
        after.topics().forEach((name, topic) -> {
            ClusterView.Topic earlier = before.topics().get(name);
            if (isSame(topic, earlier)) {
                partitions(name, earlier, topic, changes, leaders);
            } else {
                changes.add(new TopicCame(name));
            }
        });
        changes.addAll(leaders);
        return changes;
    }

    private static void brokers(ClusterView before, ClusterView after, List<ClusterChange> changes) {
        before.brokers().keySet().stream()
                .filter(id -> !after.brokers().containsKey(id))
                .forEach(id -> changes.add(new BrokerWent(id)));
        after.brokers().forEach((id, broker) -> {
            if (!broker.equals(before.brokers().get(id))) {
                changes.add(new BrokerCame(broker));
            }
        });
    }

    private static boolean isSame(ClusterView.Topic topic, ClusterView.Topic other) {
        return other != null && sameId(topic.id(), other.id());
    }

    /** Where brokers do not tell ids, a topic of the same name is the same. */
    private static boolean sameId(Optional<?> id, Optional<?> other) {
        return id.isEmpty() || other.isEmpty() || id.equals(other);
    }

    private static void partitions(
            TopicName name,
            ClusterView.Topic before,
            ClusterView.Topic after,
            List<ClusterChange> changes,
            List<ClusterChange> leaders) {
        for (Map.Entry<Integer, ClusterView.Partition> each : after.partitions().entrySet()) {
            TopicPartition id = new TopicPartition(name, each.getKey());
            ClusterView.Partition now = each.getValue();
            ClusterView.Partition earlier = before.partitions().get(each.getKey());
            if (earlier == null) {
                changes.add(new PartitionCame(id));
            } else if (earlier.leader() != now.leader() || earlier.leaderEpoch() != now.leaderEpoch()) {
                leaders.add(new LeaderMoved(id, now.leader(), now.leaderEpoch()));
            }
        }
    }
}
