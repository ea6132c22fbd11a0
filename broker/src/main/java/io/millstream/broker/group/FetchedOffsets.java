package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.Map;

/**
 * A group's committed offsets.
 *
 * @param error why they cannot be told
 * @param offsets each partition that has one; those of a topic that is gone, or made anew under its name, have none
 */
public record FetchedOffsets(ErrorCode error, Map<TopicPartition, CommittedOffset> offsets) {

    static FetchedOffsets refused(ErrorCode error) {
        return new FetchedOffsets(error, Map.of());
    }
}
