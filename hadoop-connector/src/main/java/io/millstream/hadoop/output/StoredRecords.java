package io.millstream.hadoop.output;

import io.millstream.client.MissingBatchException;
import io.millstream.client.OffsetOutOfRangeException;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.OutputManifest.Target;
import java.util.OptionalInt;

/**
 * What partitions have of a publication. Their leaders tell; where one has forgotten the producer, the partition's own batches are
 * looked through, from where it ended when it was decided. If these are gone as well, nobody can tell. Waits.
 */
final class StoredRecords {

    private final Outlet outlet;
    private final String publication;
    private final long producerId;

    StoredRecords(Outlet outlet, String publication, long producerId) {
        this.outlet = outlet;
        this.publication = publication;
        this.producerId = producerId;
    }

    /** What the leader remembers; empty if it remembers nothing, which may have been forgotten. */
    OptionalInt remembered(TopicPartition partition) {
        return outlet.lastSequence(partition, producerId);
    }

    /** @throws OutputException if nobody can tell */
    Extent in(Target target) throws OutputException {
        TopicPartition partition = target.topicPartition();
        OptionalInt known = remembered(partition);
        if (known.isPresent()) {
            return Extent.onLeader(known.getAsInt());
        }
        try {
            return Extent.committed(outlet.trace(partition, producerId, target.from()));
        } catch (OffsetOutOfRangeException e) {
            throw unknown(partition, "records from offset " + target.from() + " on were deleted", e);
        } catch (MissingBatchException e) {
            throw unknown(partition, "compaction has removed the batch at offset " + e.offset(), e);
        }
    }

    private OutputException unknown(TopicPartition partition, String why, Throwable cause) {
        return new OutputException(
                "Publication " + publication + ": nobody can tell how much of it is in partition " + partition
                        + ", because its leader has forgotten producer " + producerId + " and " + why
                        + ". Nothing more is sent. Look yourself, and end it with 'millstream output abandon "
                        + publication + "'",
                cause);
    }
}
