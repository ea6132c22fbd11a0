package io.millstream.record;

import io.millstream.core.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import net.jpountz.lz4.LZ4Exception;

/**
 * The records of one batch, decompressed and checked as they are read. The batch's buffer must stay as it is meanwhile.
 *
 * <p>Holds native memory for some codecs until the last record is read, a flaw is found, or it is closed; closing twice
 * does nothing. Not for use by several threads.
 */
public final class RecordIterator implements Iterator<Record>, AutoCloseable {

    /** A header is at least the lengths of its key and value. */
    private static final int SMALLEST_HEADER = 2;

    private final RecordBatch batch;
    private final long baseOffset;
    private final int lastOffsetDelta;
    private final int recordCount;
    private final boolean logAppendTime;
    private final long baseTimestamp;
    private final long maxTimestamp;

    private final RecordSlice slice = new RecordSlice();
    private RecordInput in; // null once closed
    private int done;
    private int previousDelta = -1;

    /** @throws CorruptBatchException if the header contradicts itself or the compressed data does not start well */
    RecordIterator(RecordBatch batch, int maxBytes) {
        this(batch);
        Codec codec = batch.codec();
        try {
            begin(RecordInput.open(codec, batch.body(), maxBytes));
        } catch (IOException | LZ4Exception | IndexOutOfBoundsException e) {
            throw failed(e);
        }
    }

    /** Over records that are decompressed already. */
    RecordIterator(RecordBatch batch, RecordInput unpacked) {
        this(batch);
        try {
            begin(unpacked);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private RecordIterator(RecordBatch batch) {
        this.batch = batch;
        this.baseOffset = batch.baseOffset();
        this.lastOffsetDelta = batch.lastOffsetDelta();
        this.recordCount = batch.recordCount();
        this.logAppendTime = batch.logAppendTime();
        this.baseTimestamp = batch.baseTimestamp();
        this.maxTimestamp = batch.maxTimestamp();
        batch.ensureCountsAgree();
        if (baseOffset < 0 || baseOffset > Long.MAX_VALUE - lastOffsetDelta - 1) {
            throw new CorruptBatchException(
                    "Batch at offset " + baseOffset + " with a last offset delta of " + lastOffsetDelta);
        }
    }

    private void begin(RecordInput input) throws IOException {
        in = input;
        if (recordCount == 0) {
            finish();
        }
    }

    @Override
    public boolean hasNext() {
        return done < recordCount && in != null;
    }

    /**
     * The next record. The last one is only given once it is known that nothing follows it.
     *
     * @throws CorruptBatchException naming the batch's base offset and what is wrong; there are no more records then
     * @throws NoSuchElementException if there are no more records, or this is closed
     */
    @Override
    public Record next() {
        next(slice);
        return slice.toRecord();
    }

    /** As {@link #next()}, without a copy: {@code into} is good until the next call. */
    public void next(RecordSlice into) {
        if (!hasNext()) {
            throw new NoSuchElementException("No more records in " + batch);
        }
        try {
            read(into);
            done++;
            if (done == recordCount) {
                finish();
            }
        } catch (IOException | LZ4Exception | IndexOutOfBoundsException e) { // the last: of older LZ4 libraries
            throw failed(e);
        }
    }

    private void read(RecordSlice into) throws IOException {
        if (in.plain(into)) {
            place(into, in.plainTimestampDelta(), in.plainOffsetDelta());
            return;
        }
        in.enterRecord();
        in.int8(); // attributes: none are defined
        long timestampDelta = in.varlong();
        place(into, timestampDelta, in.varint());
        int keyLength = in.nullableLength();
        into.key(in.position(), keyLength);
        in.skip(keyLength);
        int valueLength = in.nullableLength();
        into.value(in.position(), valueLength);
        in.skip(valueLength);
        List<Header> headers = headers();
        in.leaveRecord();
        into.rest(in.array(), headers);
    }

    private void place(RecordSlice into, long timestampDelta, int offsetDelta) throws IOException {
        if (offsetDelta <= previousDelta || offsetDelta > lastOffsetDelta) {
            throw new IOException("an offset delta of " + offsetDelta + " after " + previousDelta
                    + ", where the last one is " + lastOffsetDelta);
        }
        previousDelta = offsetDelta;
        into.place(baseOffset + offsetDelta, logAppendTime ? maxTimestamp : baseTimestamp + timestampDelta);
    }

    private List<Header> headers() throws IOException {
        int count = in.varint();
        if (count == 0) {
            return List.of();
        }
        if (count < 0 || count > in.left() / SMALLEST_HEADER || count > Limits.RECORD_HEADERS) {
            throw new IOException(count + " headers in a record that has " + in.left() + " bytes left (at most "
                    + Limits.RECORD_HEADERS + ")");
        }
        List<Header> headers = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            headers.add(new Header(in.text(), in.nullableBytes()));
        }
        return Collections.unmodifiableList(headers);
    }

    private void finish() throws IOException {
        if (!in.exhausted()) {
            throw new IOException("bytes follow the last of " + recordCount + " records");
        }
        close();
    }

    private CorruptBatchException failed(Exception cause) {
        close();
        return new CorruptBatchException(
                "Batch at offset " + baseOffset + ", record " + done + " of " + recordCount + ": " + cause.getMessage(),
                cause);
    }

    @Override
    public void close() {
        RecordInput open = in;
        in = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (IOException e) {
            throw new CorruptBatchException("Batch at offset " + baseOffset + " cannot be closed", e);
        }
    }
}
