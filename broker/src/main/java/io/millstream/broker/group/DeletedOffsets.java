package io.millstream.broker.group;

import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.Map;

/**
 * What became of offsets that were to be deleted.
 *
 * @param error of the request as a whole
 * @param partitions what became of each
 */
public record DeletedOffsets(ErrorCode error, Map<TopicPartition, ErrorCode> partitions) {

    static DeletedOffsets refused(ErrorCode error) {
        return new DeletedOffsets(error, Map.of());
    }
}
