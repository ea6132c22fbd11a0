package io.millstream.coordination;

import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * {@code /admin/delete_topics/<topic>}: topics of this name that were deleted and whose logs are not all gone yet. Stands
 * as long as a broker may still hold such a log; each broker takes itself off the list when it holds none any more.
 *
 * @param pending id of the deleted topic to the ids of the brokers that have not deleted its logs yet
 */
public record TopicDeletion(SortedMap<UUID, List<Integer>> pending) {}
