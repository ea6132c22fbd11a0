package io.millstream.hadoop.output;

import io.millstream.client.MissingBatchException;
import io.millstream.client.OffsetOutOfRangeException;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.OutputManifest.Target;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What partitions have of a publication. Their leaders tell; where one has forgotten the producer, the partition's own batches are
 * looked through, from where it ended when it was decided. If these are gone as well, nobody can tell. Waits. For one round, in which
 * no record is lost. Safe for use by several threads.
 */
final class StoredRecords {

    private final Outlet outlet;
    private final String publication;
    private final long producerId;
    private final Map<TopicPartition, Outlet.Traced> traced = new ConcurrentHashMap<>();

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
            return Extent.committed(trace(target));
        } catch (OffsetOutOfRangeException e) {
            throw unknown(partition, "records from offset " + e.wanted() + " on were deleted", e);
        } catch (MissingBatchException e) {
            throw unknown(partition, "compaction has removed the batch at offset " + e.offset(), e);
        }
    }

    /** Goes on where it ended the last time: others may write to the partition all the time. */
    private OptionalInt trace(Target target) throws OutputException {
        TopicPartition partition = target.topicPartition();
        Outlet.Traced before = traced.getOrDefault(partition, new Outlet.Traced(OptionalInt.empty(), target.from()));
        Outlet.Traced now = outlet.trace(partition, producerId, before.to());
        if (now.to() < before.to()) { // what is looked through is the wrong part of it
            String why = "it ends at offset " + now.to() + ", where it went to " + before.to()
                    + " before: the cluster has lost records";
            throw unknown(partition, why, null);
        }
        Outlet.Traced all = now.last().isPresent() ? now : new Outlet.Traced(before.last(), now.to());
        traced.put(partition, all);
        return all.last();
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
