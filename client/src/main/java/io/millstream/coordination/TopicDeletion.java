package io.millstream.coordination;

import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * {@code /admin/delete_topics/<topic>}: topics that have or had this name, and the brokers that may hold logs of them which
 * should be gone: of a topic that was deleted, or of one that moved away from the broker. Each broker takes itself off the
 * list when it holds none any more.
 *
 * @param pending id of the topic to the ids of the brokers that have not said yet that its logs are gone there
 */
public record TopicDeletion(SortedMap<UUID, List<Integer>> pending) {}
