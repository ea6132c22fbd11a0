package io.millstream.broker.controller;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Optional;
import java.util.OptionalInt;

/** A piece of the cluster's state that can be read anew on its own. */
sealed interface Part {

    /** All of it. */
    record Everything() implements Part {}

    record Controlling() implements Part {}

    record Broker(int id) implements Part {}

    /** A topic with the states of all its partitions, and the deletions of its name. */
    record Topic(TopicName name) implements Part {}

    record Partition(TopicPartition partition) implements Part {}

    record Config(TopicName topic) implements Part {}

    record Deletion(TopicName topic) implements Part {}

    /** What was set for a broker at run time, or for all if it is empty. */
    record Overrides(OptionalInt broker) implements Part {}

    /** The part that a change of the znode at {@code path} makes stale; empty if none, or if it is not ours. */
    static Optional<Part> of(String path) {
        String[] names = path.split("/", -1); // the first is empty
        try {
            return Optional.ofNullable(of(names));
        } catch (IllegalArgumentException notOurs) { // a name that no topic or broker can have
            return Optional.empty();
        }
    }

    private static Part of(String[] names) {
        String kind = names.length < 3 ? names[names.length - 1] : names[1] + "/" + names[2];
        return switch (kind) {
            case "controller" -> new Controlling();
            case "brokers/ids" -> names.length == 4 ? new Broker(Integer.parseInt(names[3])) : null;
            case "brokers/topics" -> ofTopic(names);
            case "config/topics" -> names.length == 4 ? new Config(new TopicName(names[3])) : null;
            case "config/brokers" -> names.length == 4 ? overrides(names[3]) : null;
            case "admin/delete_topics" -> names.length == 4 ? new Deletion(new TopicName(names[3])) : null;
            default -> null;
        };
    }

    /**
     * The part that a child of {@code /config/brokers} holds.
     *
     * @throws IllegalArgumentException if it is the name of no broker
     */
    static Overrides overrides(String name) {
        return new Overrides(name.equals("<default>") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(name)));
    }

    private static Part ofTopic(String[] names) {
        if (names.length == 4) {
            return new Topic(new TopicName(names[3]));
        }
        boolean state = names.length == 7 && names[4].equals("partitions") && names[6].equals("state");
        return state ? new Partition(new TopicPartition(names[3], Integer.parseInt(names[5]))) : null;
    }
}
