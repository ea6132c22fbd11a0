package io.millstream.record;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.xerial.snappy.Snappy;

/**
 * Reads snappy data: chunks as snappy-java frames them, which Kafka's clients write, or one raw block, which some others
 * write.
 *
 * <pre>
 * framed: 0x82 'S' 'N' 'A' 'P' 'P' 'Y' 0x00, version int32, compatible version int32, then chunks: length int32, block
 * raw:    block
 * </pre>
 *
 * <p>snappy-java's own stream allocates by the lengths it is told. This one checks a chunk's length against the bytes
 * there, and what a block claims to expand to against the most that snappy can. Not for use by several threads.
 */
final class SnappyInput extends InputStream {

    private static final long MAGIC = 0x8253_4e41_5050_5900L;
    private static final int MAGIC_HEAD = (int) (MAGIC >>> 32);
    private static final int HEADER_BYTES = 16;

    /** A copy element makes at most 64 bytes of 3; a block is not shorter than its length field. */
    private static final int LARGEST_EXPANSION = 22;

    private final ByteBuf in;
    private final boolean framed;
    private byte[] compressed = new byte[0];
    private byte[] block = new byte[0];
    private int position;
    private int end;

    /** @param in read from its reader index on; not released here */
    SnappyInput(ByteBuf in) throws IOException {
        this.in = in;
        this.framed = in.readableBytes() >= HEADER_BYTES && in.getLong(in.readerIndex()) == MAGIC;
        if (framed) {
            in.skipBytes(HEADER_BYTES);
        } else {
            expand(in.readableBytes());
        }
    }

    @Override
    public int read() throws IOException {
        return ready() ? block[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int count = Math.min(length, end - position);
        System.arraycopy(block, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean ready() throws IOException {
        while (position == end) {
            if (!in.isReadable()) {
                return false;
            }
            nextChunk();
        }
        return true;
    }

    private void nextChunk() throws IOException {
        need(Integer.BYTES);
        int length = in.readInt();
        if (length == MAGIC_HEAD) { // streams one after another are one stream
            need(HEADER_BYTES - Integer.BYTES);
            in.skipBytes(HEADER_BYTES - Integer.BYTES);
            return;
        }
        if (length <= 0) {
            throw new IOException("a snappy chunk has a length of " + length);
        }
        need(length);
        expand(length);
    }

    private void expand(int length) throws IOException {
        if (compressed.length < length) {
            compressed = new byte[length];
        }
        in.readBytes(compressed, 0, length);
        int claimed = Snappy.uncompressedLength(compressed, 0, length);
        if (claimed < 0 || claimed > (long) length * LARGEST_EXPANSION) {
            throw new IOException("a snappy block of " + length + " bytes claims to expand to " + claimed);
        }
        if (block.length < claimed) {
            block = new byte[claimed];
        }
        end = Snappy.uncompress(compressed, 0, length, block, 0);
        position = 0;
        if (end != claimed) {
            throw new IOException("a snappy block expands to " + end + " bytes; it claims " + claimed);
        }
    }

    private void need(int bytes) throws EOFException {
        if (bytes > in.readableBytes()) {
            throw new EOFException("a snappy chunk of " + bytes + " bytes has only " + in.readableBytes());
        }
    }
}
