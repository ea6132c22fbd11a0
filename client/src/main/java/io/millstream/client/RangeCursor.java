package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.millstream.record.RecordSlice;
import io.netty.buffer.ByteBuf;

/**
 * Walks through fetched bytes and accounts for every offset of {@code [position, to)}: each is either delivered or proven
 * not to exist, because the log goes on behind it. Verifies every batch before it looks inside. No I/O; used by one
 * thread.
 */
final class RangeCursor implements AutoCloseable {

    /** The batches of a page, each asked for in turn. */
    interface Batches {
        /** The batch at {@code index}, intact; throws {@link CorruptBatchException}. */
        RecordBatch batch(int index);

        /** The records of the same. */
        RecordIterator records(int index);

        /** Where they lie. */
        BatchExtent extent();
    }

    /** Batches that are looked into when their turn comes. */
    private record InPlace(ByteBuf bytes, BatchExtent extent) implements Batches {
        @Override
        public RecordBatch batch(int index) {
            RecordBatch batch = RecordBatch.at(bytes, index, extent.end());
            batch.ensureIntact();
            return batch;
        }

        @Override
        public RecordIterator records(int index) {
            return RecordBatch.at(bytes, index, extent.end()).records();
        }
    }

    private final TopicPartition partition;
    private final long to;

    private long position;
    private long delivered;
    private long gaps;

    private final RecordSlice slice = new RecordSlice();
    private boolean looked; // whether the slice has a record that was not taken yet
    private ClientException failure; // what it stopped at; nothing behind that is looked at, or counted as a gap

    private Batches batches;
    private ByteBuf bytes;
    private int index;
    private int end;
    private long highWatermark;
    private boolean first;
    private RecordBatch batch;
    private RecordIterator records;

    /**
     * @param from the first offset, inclusive
     * @param to the last offset, exclusive
     */
    RangeCursor(TopicPartition partition, long from, long to) {
        this.partition = partition;
        this.position = from;
        this.to = to;
    }

    /**
     * Goes on with the bytes fetched at {@link #position()}. What was before must have been walked through.
     *
     * @param fetched batches, the last of which may be cut off; at least one is whole
     * @param highWatermark as the broker gave it with the bytes
     * @return the offset that the next fetch begins at, if these bytes are what they seem
     */
    long open(ByteBuf fetched, long highWatermark) {
        return open(fetched, highWatermark, new InPlace(fetched, BatchExtent.of(fetched)));
    }

    /** As {@link #open(ByteBuf, long)}, with the batches that {@code fetched} is made of, unpacked elsewhere. */
    long open(ByteBuf fetched, long highWatermark, Batches unpacked) {
        bytes = fetched;
        batches = unpacked;
        index = fetched.readerIndex();
        end = unpacked.extent().end();
        this.highWatermark = highWatermark;
        first = true;
        return nextFetch();
    }

    private long nextFetch() {
        int last = batches.extent().last();
        try {
            return last < 0 ? position : RecordBatch.at(bytes, last, end).nextOffset();
        } catch (CorruptBatchException e) {
            return to; // nothing to fetch behind it: the walk will stop there and say why
        }
    }

    /**
     * The next record, good until the next call; null when these bytes have no more, or {@link #finished()}.
     *
     * @throws CorruptDataException if a batch or record fails its checks
     * @throws ClientException if it cannot be read for another reason; either is thrown again from then on
     */
    RecordSlice next() {
        advance();
        if (!looked) {
            return null;
        }
        looked = false;
        return slice;
    }

    /** Whether {@link #next()} will return a record. */
    boolean hasNext() {
        advance();
        return looked;
    }

    private void advance() {
        if (failure != null) {
            throw failure;
        }
        try {
            while (!looked && (records != null || (index < end && position < to))) {
                if (records == null) {
                    enter();
                } else if (records.hasNext()) {
                    records.next(slice);
                    take();
                } else {
                    leave();
                }
            }
        } catch (CorruptBatchException e) {
            failure = new CorruptDataException(partition, position, e.getMessage(), e);
            throw failure;
        } catch (RuntimeException e) { // of a worker, or of a codec
            failure = failed(Async.cause(e));
            throw failure;
        } catch (Error e) {
            failure = failed(e);
            throw e;
        }
    }

    private ClientException failed(Throwable cause) {
        return new ClientException(
                "Partition " + partition + " cannot be read at offset " + position + ": " + cause, cause);
    }

    private void enter() {
        batch = batches.batch(index);
        ensureInPlace();
        first = false;
        if (batch.baseOffset() > position) {
            skipTo(batch.baseOffset());
        }
        if (position >= to) {
            return;
        }
        if (batch.control()) {
            index = batch.endIndex();
            skipTo(batch.nextOffset());
            return;
        }
        records = batches.records(index);
    }

    /** Offsets lie outside the checksum: only their neighbours tell whether they can be right. */
    private void ensureInPlace() {
        long base = batch.baseOffset();
        long last = batch.lastOffset();
        if (base < 0 || last < base || last == Long.MAX_VALUE) {
            throw new CorruptBatchException("a batch from offset " + base + " to " + last);
        }
        if (last < position || (base < position && !first)) {
            throw new CorruptBatchException(
                    "a batch of offsets " + base + " to " + last + " where " + position + " is due");
        }
        if (base > position && base > highWatermark) {
            throw new CorruptBatchException("a batch at offset " + base + " where " + position
                    + " is due, beyond the high watermark " + highWatermark);
        }
    }

    private void take() {
        long offset = slice.offset();
        if (offset < position) {
            return; // the batch began before the range
        }
        if (offset >= to) {
            skipTo(to);
            records.close();
            records = null;
            return;
        }
        skipTo(offset);
        position = offset + 1;
        delivered++;
        looked = true;
    }

    private void leave() {
        records = null;
        index = batch.endIndex();
        skipTo(batch.nextOffset());
    }

    /** The log goes on at {@code offset}, so what lies between does not exist. */
    private void skipTo(long offset) {
        long until = Math.min(offset, to);
        if (until > position) {
            gaps += until - position;
            position = until;
        }
    }

    /** Whether every offset below {@code to} is accounted for. */
    boolean finished() {
        return position >= to && !looked;
    }

    /** The next offset to account for; a record that was looked at but not taken is still to come. */
    long position() {
        return looked ? slice.offset() : position;
    }

    /** Records delivered so far. */
    long delivered() {
        return looked ? delivered - 1 : delivered;
    }

    /** Offsets proven not to exist so far. */
    long gaps() {
        return gaps;
    }

    @Override
    public void close() {
        if (records != null) {
            records.close();
            records = null;
        }
        index = end;
    }
}
