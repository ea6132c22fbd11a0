package io.millstream.broker.group;

import io.millstream.core.TopicPartition;
import java.util.Optional;
import java.util.UUID;

/** Tells a topic from another one that had its name before. Safe for use by several threads. */
@FunctionalInterface
public interface TopicIds {

    /** The id of the topic that this partition is of; empty if there is no such partition. */
    Optional<UUID> of(TopicPartition partition);

    /** Whether it has been learned which topics there are. Until then nobody is to be told that there is none of a name. */
    default boolean areKnown() {
        return true;
    }
}
