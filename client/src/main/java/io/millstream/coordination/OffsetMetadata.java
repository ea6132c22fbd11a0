package io.millstream.coordination;

import java.util.UUID;

/**
 * {@code /consumers/<group>/offset_meta/<topic>/<partition>}: what belongs to the committed offset beside it.
 *
 * @param topicId of the topic the offset was committed for: an offset of a deleted topic is not resumed at
 * @param leaderEpoch of the last record consumed; -1 if not known
 * @param metadata what the committer wrote; may be empty
 */
public record OffsetMetadata(UUID topicId, int leaderEpoch, String metadata) {}
