package io.millstream.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;

/**
 * A batch that was checked and decompressed in advance, perhaps by another thread than the one that walks through its
 * records. One that would take more memory than it may is decompressed by {@link #records} as it is read; of one that cannot
 * be decompressed, {@link #records} says so: whoever wants none of its records needs not know.
 *
 * <p>Immutable, and good until the {@link Space} it lies in is cleared.
 */
public final class UnpackedBatch {

    /** Memory for decompressed batches, used again and again. Not for use by several threads at once. */
    public static final class Space {
        /** A MiB, and the batch that goes beyond it: what is unpacked at a time mostly fits without growing, which copies. */
        private static final int FIRST_BYTES = 1280 * 1024;

        /** As large as the blocks that Kafka's clients make, so that they are expanded right into it. */
        private static final int ROOM_BYTES = 64 * 1024;

        private byte[] bytes = new byte[0];
        private int filled;

        /** Nothing yet. */
        public Space() {}

        /** How much is filled, in bytes. */
        public int filled() {
            return filled;
        }

        /** How much memory it has claimed so far, in bytes. */
        public int capacity() {
            return bytes.length;
        }

        /** Empties it; what lay there is good no more. */
        public void clear() {
            filled = 0;
        }

        private void makeRoom() {
            if (bytes.length - filled < ROOM_BYTES) {
                long more = Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
                bytes = Arrays.copyOf(bytes, Math.max(FIRST_BYTES, (int) more));
            }
        }

        private int read(InputStream in) throws IOException {
            makeRoom();
            int count = in.read(bytes, filled, bytes.length - filled);
            if (count == 0) {
                throw new IOException("the compressed data gives no progress");
            }
            filled += Math.max(0, count);
            return count;
        }
    }

    private final RecordBatch batch;
    private final byte[] bytes; // null: too large to be unpacked in advance
    private final int from;
    private final int to;
    private final CorruptBatchException flaw; // null: none was found

    private UnpackedBatch(RecordBatch batch, byte[] bytes, int from, int to) {
        this(batch, bytes, from, to, null);
    }

    private UnpackedBatch(RecordBatch batch, byte[] bytes, int from, int to, CorruptBatchException flaw) {
        this.batch = batch;
        this.flaw = flaw;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /**
     * Checks a batch, and decompresses it.
     *
     * @param space where to
     * @param most bytes that it may take there
     * @throws CorruptBatchException as {@link RecordBatch#ensureIntact} does
     */
    public static UnpackedBatch of(RecordBatch batch, Space space, int most) {
        batch.ensureIntact();
        int start = space.filled;
        try {
            return unpack(batch, space, most);
        } catch (CorruptBatchException e) {
            space.filled = start;
            return new UnpackedBatch(batch, null, 0, 0, e);
        }
    }

    private static UnpackedBatch unpack(RecordBatch batch, Space space, int most) {
        ByteBuf body = batch.body();
        if (batch.codec() == Codec.NONE && body.hasArray()) {
            int start = body.arrayOffset() + body.readerIndex();
            return new UnpackedBatch(batch, body.array(), start, start + body.readableBytes());
        }
        int start = space.filled;
        if (!body.isReadable()) {
            return new UnpackedBatch(batch, space.bytes, start, start);
        }
        try (InputStream in = Compression.decompress(batch.codec(), body)) {
            while (space.read(in) >= 0) {
                if (space.filled - start > most) {
                    space.filled = start;
                    return new UnpackedBatch(batch, null, 0, 0);
                }
            }
        } catch (IOException | LZ4Exception | IndexOutOfBoundsException e) {
            throw new CorruptBatchException("Batch at offset " + batch.baseOffset() + ": " + e.getMessage(), e);
        }
        return new UnpackedBatch(batch, space.bytes, start, space.filled);
    }

    /** The batch itself. */
    public RecordBatch batch() {
        return batch;
    }

    /**
     * Its records, each checked as it is read.
     *
     * @throws CorruptBatchException as {@link RecordBatch#records} does, or if the batch cannot be decompressed
     */
    public RecordIterator records() {
        if (flaw != null) {
            throw flaw;
        }
        return bytes == null ? batch.records() : new RecordIterator(batch, RecordInput.of(bytes, from, to));
    }
}
