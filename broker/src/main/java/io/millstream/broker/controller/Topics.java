package io.millstream.broker.controller;

import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How topics come and go. Pure.
 *
 * <p>A topic's znode without data is one that clients do not see: a topic too large for one multi is built below such a
 * znode and gets its data last, and loses its data first when it is deleted. Whatever is left of it after a crash is
 * removed by {@link #clear}.
 */
final class Topics {

    private static final byte[] NOTHING = {};

    private Topics() {}

    /** How to create {@code topic} with its replicas at {@code assignment}. */
    static Decision create(
            ClusterState cluster, TopicName name, NewTopic topic, SortedMap<Integer, List<Integer>> assignment) {
        byte[] document = Document.write(new TopicAssignment(topic.id(), assignment));
        List<Write> below = new ArrayList<>();
        below.add(new Write.Create(Paths.partitions(name), NOTHING));
        assignment.forEach((partition, replicas) ->
                below.addAll(partition(new TopicPartition(name, partition), replicas, cluster)));
        settings(cluster, name, topic.config()).ifPresent(below::add);

        String what = "create topic " + name + " with " + assignment.size() + " partitions";
        List<Part> touched = List.of(new Part.Topic(name), new Part.Config(name));
        List<Write> whole = new ArrayList<>();
        whole.add(new Write.Create(Paths.topic(name), document));
        whole.addAll(below);
        if (Decision.fits(whole)) {
            return Decision.of(what, whole, touched);
        }
        whole.set(0, new Write.Create(Paths.topic(name), NOTHING));
        List<List<Write>> multis = new ArrayList<>(Decision.cut(whole));
        multis.add(List.of(new Write.Update(Paths.topic(name), document, 0)));
        return new Decision(what, multis, touched);
    }

    /** How to make one partition below its topic. */
    static List<Write> partition(TopicPartition partition, List<Integer> replicas, ClusterState cluster) {
        PartitionState state = firstState(partition, replicas, cluster);
        return List.of(
                new Write.Create(Paths.partition(partition), NOTHING),
                new Write.Create(Paths.partitionState(partition), Document.write(state)));
    }

    /** A broker that died since the placement leads nothing; the election that is then due finds another. */
    private static PartitionState firstState(TopicPartition partition, List<Integer> replicas, ClusterState cluster) {
        List<Integer> living = replicas.stream().filter(cluster::lives).toList();
        List<Integer> isr = living.isEmpty() ? replicas : living;
        // Of a replica of an earlier topic of that name there may be a later one than the registration.
        List<Long> incarnations = isr.stream()
                .map(broker -> Optional.ofNullable(cluster.brokers().get(broker))
                        .map(its -> its.value().incarnation(partition, its.createdZxid()))
                        .orElse(PartitionState.UNKNOWN_REGISTRATION))
                .toList();
        int leader = living.stream()
                .filter(cluster::stays)
                .findFirst()
                .or(() -> living.stream().findFirst())
                .orElse(PartitionState.NO_LEADER);
        long registration = cluster.registration(leader).orElse(PartitionState.NO_REGISTRATION);
        return new PartitionState(leader, 0, registration, isr, incarnations, List.of(), List.of());
    }

    private static Optional<Write> settings(ClusterState cluster, TopicName name, SortedMap<String, String> config) {
        Versioned<TopicSettings> left = cluster.configs().get(name);
        byte[] document = Document.write(new TopicSettings(config));
        if (left != null) {
            return Optional.of(new Write.Update(Paths.topicConfig(name), document, left.version()));
        }
        return config.isEmpty() ? Optional.empty() : Optional.of(new Write.Create(Paths.topicConfig(name), document));
    }

    /** How to delete {@code topic}. */
    static Decision delete(ClusterState cluster, TopicName name, ClusterState.Topic topic) {
        List<Write> steps = new ArrayList<>();
        steps.add(mark(cluster, name, topic));
        Versioned<TopicSettings> settings = cluster.configs().get(name);
        if (settings != null) {
            steps.add(new Write.Delete(Paths.topicConfig(name), settings.version()));
        }
        int version = topic.assignment().version();
        SortedMap<Integer, Integer> stateVersions = new TreeMap<>();
        topic.states().forEach((partition, state) -> stateVersions.put(partition, state.version()));
        List<Write> whole = new ArrayList<>(steps);
        whole.addAll(removal(name, new ClusterState.Unfinished(version, true, stateVersions)));

        List<Part> touched = List.of(new Part.Topic(name), new Part.Config(name));
        if (Decision.fits(whole)) {
            return Decision.of("delete topic " + name, whole, touched);
        }
        steps.add(new Write.Update(Paths.topic(name), NOTHING, version)); // the rest is cleared step by step
        return Decision.of("delete topic " + name, steps, touched);
    }

    /** Tells every broker that may hold a log of {@code topic} to delete it; some may have lost their replicas before. */
    private static Write mark(ClusterState cluster, TopicName name, ClusterState.Topic topic) {
        List<Integer> holders = topic.assignment().value().partitions().values().stream()
                .flatMap(List::stream)
                .distinct()
                .sorted()
                .toList();
        return Leftovers.remember(cluster, name, topic.id(), holders);
    }

    /** How to remove what is left of a topic that is half made or half removed; empty if there is none. */
    static Optional<Decision> clear(ClusterState cluster) {
        if (cluster.unfinished().isEmpty()) {
            return Optional.empty();
        }
        TopicName name = cluster.unfinished().firstKey();
        List<Write> steps = removal(name, cluster.unfinished().get(name));
        return Optional.of(new Decision(
                "remove the rest of topic " + name,
                Decision.cut(steps),
                List.of(new Part.Topic(name), new Part.Config(name))));
    }

    private static List<Write> removal(TopicName name, ClusterState.Unfinished rest) {
        List<Write> steps = new ArrayList<>();
        for (Map.Entry<Integer, Integer> partition : rest.stateVersions().entrySet()) {
            TopicPartition which = new TopicPartition(name, partition.getKey());
            if (partition.getValue() >= 0) {
                steps.add(new Write.Delete(Paths.partitionState(which), partition.getValue()));
            }
            steps.add(new Write.Delete(Paths.partition(which), 0)); // never written after its creation
        }
        if (rest.partitionsNode()) {
            steps.add(new Write.Delete(Paths.partitions(name), 0));
        }
        steps.add(new Write.Delete(Paths.topic(name), rest.version()));
        return steps;
    }
}
