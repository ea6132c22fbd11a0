package io.millstream.client;

import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;

/**
 * Where the batches of an answer lie, of which the last may be cut off. What cannot be a batch counts as the last whole one, to be
 * found out when it is read.
 *
 * @param end index after the last whole batch
 * @param last index of the last whole batch; -1 if there is none
 */
record BatchExtent(int end, int last) {

    private static final int NONE = -1;

    /** Walks from batch to batch. */
    static BatchExtent of(ByteBuf bytes) {
        int last = NONE;
        int at = bytes.readerIndex();
        while (true) {
            int next = after(bytes, at);
            if (next == at) {
                return new BatchExtent(at, last);
            }
            last = at;
            at = next;
        }
    }

    /** Whether the first batch is whole. */
    static boolean any(ByteBuf bytes) {
        return after(bytes, bytes.readerIndex()) != bytes.readerIndex();
    }

    /** Index after the batch at an index; that index if the batch is not whole. */
    private static int after(ByteBuf bytes, int at) {
        int left = bytes.writerIndex() - at;
        if (left < RecordBatch.LENGTH_OVERHEAD) {
            return at;
        }
        int length = bytes.getInt(at + Long.BYTES);
        if (length < RecordBatch.HEADER_BYTES - RecordBatch.LENGTH_OVERHEAD) {
            return bytes.writerIndex();
        }
        return length > left - RecordBatch.LENGTH_OVERHEAD ? at : at + length + RecordBatch.LENGTH_OVERHEAD;
    }
}
