package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which offsets of a commit can be written, and why others cannot. Pure.
 *
 * @param accepted with the ids of their topics
 * @param refused with the reason
 */
record CommitCheck(Map<TopicPartition, CommittedOffset> accepted, Map<TopicPartition, ErrorCode> refused) {

    static CommitCheck of(Map<TopicPartition, OffsetToCommit> offsets, TopicIds topics, int maxMetadataChars) {
        CommitCheck check = new CommitCheck(new TreeMap<>(), new TreeMap<>());
        offsets.forEach((partition, offset) -> {
            Optional<UUID> topicId = topics.of(partition);
            String metadata = offset.metadata() == null ? "" : offset.metadata();
            if (topicId.isEmpty()) {
                check.refused.put(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            } else if (metadata.length() > maxMetadataChars) {
                check.refused.put(partition, ErrorCode.OFFSET_METADATA_TOO_LARGE);
            } else if (offset.offset() < 0) {
                check.refused.put(partition, ErrorCode.OFFSET_OUT_OF_RANGE);
            } else {
                check.accepted.put(
                        partition,
                        new CommittedOffset(
                                offset.offset(), new OffsetMetadata(topicId.get(), offset.leaderEpoch(), metadata)));
            }
        });
        return check;
    }

    /** What is answered: {@code written} for what was accepted. */
    Map<TopicPartition, ErrorCode> outcome(ErrorCode written) {
        Map<TopicPartition, ErrorCode> outcome = new TreeMap<>(refused);
        accepted.keySet().forEach(partition -> outcome.put(partition, written));
        return outcome;
    }
}
