package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a partition's records tell of a producer whose numbers its leader has forgotten: the batches say themselves who wrote
 * them. Waits; for one thread at a time, not the client's loop.
 */
public final class ProducerTrace {

    private final Cluster cluster;
    private final ReadSettings settings;

    /** Of partitions of this cluster, which stays the caller's to close. */
    public ProducerTrace(Cluster cluster, ReadSettings settings) {
        this.cluster = cluster;
        this.settings = settings;
    }

    /**
     * Looks at every batch from one offset to another.
     *
     * @param from inclusive
     * @param to exclusive; at most the partition's end
     * @return the sequence of the producer's last record; empty if it wrote none there
     * @throws OffsetOutOfRangeException if some of it is no longer retained
     * @throws MissingBatchException if one was removed by compaction, whoever wrote it: nobody can say any more
     * @throws ClientException if a batch is damaged, or no leader gives it
     */
    public OptionalInt lastSequence(TopicPartition partition, long producerId, long from, long to) {
        PartitionFetcher fetcher = new PartitionFetcher(cluster, partition, to, settings, Optional.empty());
        OptionalInt last = OptionalInt.empty();
        long next = from;
        while (next < to) {
            PartitionFetcher.Fetched fetched = Async.await(
                    fetcher.fetch(next), settings.stallTimeout().multipliedBy(2), "records of partition " + partition);
            ByteBuf bytes = fetched.bytes();
            int end = BatchExtent.of(bytes).end();
            for (int at = bytes.readerIndex(); at < end && next < to; ) {
                RecordBatch batch = batch(bytes, at, end, partition, next);
                if (batch.baseOffset() > next) {
                    throw new MissingBatchException(partition, next); // may have been the producer's
                }
                if (batch.producerId() == producerId) {
                    last = OptionalInt.of((batch.baseSequence() + batch.lastOffsetDelta()) & Integer.MAX_VALUE);
                }
                next = batch.nextOffset();
                at = batch.endIndex();
            }
        }
        return last;
    }

    private static RecordBatch batch(ByteBuf bytes, int at, int end, TopicPartition partition, long offset) {
        try {
            RecordBatch batch = RecordBatch.at(bytes, at, end);
            batch.ensureIntact();
            return batch;
        } catch (CorruptBatchException e) {
            throw new CorruptDataException(partition, offset, e.getMessage(), e);
        }
    }
}
