package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Reads a {@linkplain StagedForm staged file} and believes nothing in it. Not for use by several threads. */
final class StagedReader implements AutoCloseable {

    private record Place(TopicPartition partition, UUID topicId) {}

    private final String name;
    private final CRC32C crc = new CRC32C();
    private final DataInputStream in;
    private final List<Place> places = new ArrayList<>();
    private long position;
    private long batches;
    private long records;
    private boolean ended;

    /**
     * Begins to read.
     *
     * @param name of the file, for messages
     * @throws OutputException if it is no staged file, or of a version that this release does not know
     */
    StagedReader(InputStream source, String name) throws IOException {
        this.name = name;
        this.in = new DataInputStream(new Counted(source));
        int magic = readInt();
        int version = readInt();
        if (magic != StagedForm.MAGIC) {
            throw damaged("it does not begin as one", null);
        }
        if (version != StagedForm.VERSION) {
            throw new OutputException("Staged file " + name + " has format version " + version + "; this release knows "
                    + StagedForm.VERSION + ": use the release that wrote it");
        }
    }

    /**
     * The next batch; null behind the last one, and then the file is whole.
     *
     * @throws OutputException naming the file and the position, if it is not as it was written
     */
    StagedBatch next() throws IOException {
        while (!ended) {
            byte kind = readByte();
            int length = readInt();
            switch (kind) {
                case StagedForm.PARTITION -> places.add(place(body(length, StagedForm.PARTITION_FIXED_BYTES)));
                case StagedForm.BATCH -> {
                    return batch(body(length, StagedForm.BATCH_FIXED_BYTES + RecordBatch.HEADER_BYTES));
                }
                case StagedForm.END -> end(body(length, StagedForm.END_BYTES));
                default -> throw damaged("there is no kind " + kind + " of frame", null);
            }
        }
        return null;
    }

    private ByteBuffer body(int length, int least) throws IOException {
        if (length < least || length > StagedForm.MAX_BODY_BYTES) {
            throw damaged("a frame of " + length + " bytes", null);
        }
        byte[] body;
        try {
            body = in.readNBytes(length); // grows with what is there, whatever the length says
        } catch (OutOfMemoryError e) {
            throw damaged("a frame of " + length + " bytes does not fit the memory", e);
        }
        if (body.length < length) {
            throw damaged("it ends within a frame", null);
        }
        int computed = (int) crc.getValue();
        if (readInt() != computed) {
            throw damaged("the checksum does not match", null);
        }
        return ByteBuffer.wrap(body);
    }

    private Place place(ByteBuffer body) throws OutputException {
        UUID id = new UUID(body.getLong(), body.getLong());
        int partition = body.getInt();
        byte[] topic = new byte[body.remaining()];
        body.get(topic);
        try {
            return new Place(
                    new TopicPartition(new TopicName(new String(topic, StandardCharsets.UTF_8)), partition), id);
        } catch (IllegalArgumentException e) {
            throw damaged(e.getMessage(), e);
        }
    }

    private StagedBatch batch(ByteBuffer body) throws OutputException {
        int number = body.getInt();
        int count = body.getInt();
        if (number < 0 || number >= places.size()) {
            throw damaged("a batch of partition " + number + ", which was not announced", null);
        }
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        ensureSound(bytes, count);
        batches++;
        records += count;
        return new StagedBatch(places.get(number).partition, places.get(number).topicId, count, bytes);
    }

    private void ensureSound(byte[] bytes, int count) throws OutputException {
        try {
            RecordBatch batch = RecordBatch.at(Unpooled.wrappedBuffer(bytes));
            batch.ensureIntact();
            boolean sound = batch.sizeInBytes() == bytes.length
                    && batch.recordCount() == count
                    && batch.lastOffsetDelta() == count - 1
                    && batch.producerId() == RecordBatch.NO_PRODUCER_ID;
            if (!sound) {
                throw damaged("a batch is not as its frame says", null);
            }
        } catch (CorruptBatchException e) {
            throw damaged(e.getMessage(), e);
        }
    }

    private void end(ByteBuffer body) throws IOException {
        if (body.getLong() != batches || body.getLong() != records || body.hasRemaining()) {
            throw damaged("it does not have the batches that its end says", null);
        }
        if (in.read() >= 0) {
            throw damaged("something follows its end", null);
        }
        ended = true;
    }

    private int readInt() throws IOException {
        try {
            return in.readInt();
        } catch (EOFException e) {
            throw damaged("it ends too early", e);
        }
    }

    private byte readByte() throws IOException {
        try {
            return in.readByte();
        } catch (EOFException e) {
            throw damaged("it ends too early", e);
        }
    }

    private OutputException damaged(String how, Throwable cause) {
        return new OutputException(
                "Staged file " + name + " is damaged before byte " + position + ": " + how
                        + ". Nothing more of it is sent; restore it from a backup",
                cause);
    }

    /** Bytes read so far; once the last batch was read, the file's length. */
    long bytes() {
        return position;
    }

    /** CRC-32C of these, 8 hex digits. */
    String crc32c() {
        return String.format("%08x", crc.getValue());
    }

    /** How many batches were read so far. */
    long batches() {
        return batches;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private final class Counted extends FilterInputStream {

        private Counted(InputStream source) {
            super(source);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            if (value >= 0) {
                crc.update(value);
                position++;
            }
            return value;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int count = in.read(bytes, from, length);
            if (count > 0) {
                crc.update(bytes, from, count);
                position += count;
            }
            return count;
        }
    }
}
