package io.millstream.record;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Reads one LZ4 frame of independent blocks; what follows it is not looked at, and no skippable frame may be in front of it, as
 * Kafka's clients have it. Numbers are little endian, checksums xxHash-32.
 *
 * <pre>
 * magic 0x184D2204 int32 | flags int8 | largest block int8 | content size int64, if flagged | checksum of these int8
 * blocks: length int32 (highest bit: not compressed), bytes, checksum int32 if flagged | length 0 | checksum int32 if flagged
 * </pre>
 *
 * <p>A block is expanded from where it lies to where it is wanted if there is room for it, and holds no memory of its own
 * then: lz4-java's stream makes two buffers for each frame and copies through both. Otherwise memory is claimed by what the
 * bytes of the block can expand to, not by what the header says. Not for use by several threads.
 */
final class Lz4Input extends InputStream {

    private static final int MAGIC = 0x184D_2204;

    private static final int VERSION_BITS = 0xc0;
    private static final int VERSION = 0x40;
    private static final int INDEPENDENT_BIT = 0x20;
    private static final int BLOCK_CHECKSUM_BIT = 0x10;
    private static final int CONTENT_SIZE_BIT = 0x08;
    private static final int CONTENT_CHECKSUM_BIT = 0x04;
    private static final int UNDEFINED_BITS = 0x03; // one is reserved, one for dictionaries, which Kafka does not have

    private static final int SMALLEST_BLOCK_CODE = 4; // 64 KiB; each one more is four times as much
    private static final int LARGEST_BLOCK_CODE = 7;
    private static final int NOT_COMPRESSED = 1 << 31;

    /** Each byte of a block makes at most so many. */
    private static final int LARGEST_EXPANSION = 255;

    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.fastestInstance().safeDecompressor();
    private static final XXHash32 HASH = XXHashFactory.fastestInstance().hash32();

    private final ByteBuf in;
    private final boolean blocksHaveChecksums;
    private final int largestBlock;
    private final long contentSize; // -1 if it is not told
    private final StreamingXXHash32 content; // null without a checksum

    private long expanded;
    private boolean finished;
    private byte[] block = new byte[0];
    private int position;
    private int end;

    /** @param in read from its reader index on; not released here */
    Lz4Input(ByteBuf in) throws IOException {
        this.in = in;
        need(Integer.BYTES + 2, "header");
        int magic = in.readIntLE();
        if (magic != MAGIC) {
            throw new IOException(String.format("an LZ4 frame begins with %08x, not with %08x", magic, MAGIC));
        }
        int start = in.readerIndex();
        int flags = in.readByte();
        if ((flags & VERSION_BITS) != VERSION || (flags & UNDEFINED_BITS) != 0 || (flags & INDEPENDENT_BIT) == 0) {
            throw new IOException(String.format("an LZ4 frame has flags %02x, which are not supported", flags & 0xff));
        }
        int code = in.readByte();
        if ((code & 0x8f) != 0 || code >> 4 < SMALLEST_BLOCK_CODE || code >> 4 > LARGEST_BLOCK_CODE) {
            throw new IOException(String.format("an LZ4 frame has blocks of an unknown size %02x", code & 0xff));
        }
        largestBlock = 1 << (8 + 2 * (code >> 4));
        blocksHaveChecksums = (flags & BLOCK_CHECKSUM_BIT) != 0;
        content = (flags & CONTENT_CHECKSUM_BIT) == 0
                ? null
                : XXHashFactory.fastestJavaInstance().newStreamingHash32(0); // the native one holds native memory
        boolean told = (flags & CONTENT_SIZE_BIT) != 0;
        need((told ? Long.BYTES : 0) + 1, "header");
        contentSize = told ? in.readLongLE() : -1;
        int computed = hash(start, in.readerIndex() - start) >> Byte.SIZE & 0xff;
        if ((in.readByte() & 0xff) != computed) {
            throw new IOException("an LZ4 frame's header has a wrong checksum");
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == end) {
            int count = finished ? -1 : nextBlock(target, offset, length);
            if (count != 0) {
                return count;
            }
        }
        int count = Math.min(length, end - position);
        System.arraycopy(block, position, target, offset, count);
        position += count;
        return count;
    }

    /** Expands a block into the target, or to this one's own memory if there may be too little room: then 0 comes back. */
    private int nextBlock(byte[] target, int offset, int length) throws IOException {
        need(Integer.BYTES, "block");
        int word = in.readIntLE();
        int size = word & ~NOT_COMPRESSED;
        if (size == 0) { // an empty block to some, the end to Kafka's clients
            finish();
            return -1;
        }
        if (size > largestBlock) {
            throw new IOException("an LZ4 block has " + size + " bytes; its frame says at most " + largestBlock);
        }
        need(size + (blocksHaveChecksums ? Integer.BYTES : 0), "block");
        boolean compressed = (word & NOT_COMPRESSED) == 0;
        int most = compressed ? (int) Math.min(largestBlock, (long) size * LARGEST_EXPANSION) : size;
        boolean direct = length >= most;
        if (!direct && block.length < most) {
            block = new byte[Math.min(largestBlock, Math.max(most, 2 * block.length))]; // not anew for each byte more
        }
        byte[] into = direct ? target : block;
        int at = direct ? offset : 0;
        int count = compressed ? expand(size, into, at, most) : copy(size, into, at);
        passBlock(size);
        if (content != null) {
            content.update(into, at, count);
        }
        expanded += count;
        position = 0;
        end = direct ? 0 : count;
        return direct ? count : 0;
    }

    private int copy(int size, byte[] into, int at) {
        in.getBytes(in.readerIndex(), into, at, size);
        return size;
    }

    private int expand(int size, byte[] into, int at, int most) {
        int from = in.readerIndex();
        if (in.hasArray()) {
            return DECOMPRESSOR.decompress(in.array(), in.arrayOffset() + from, size, into, at, most);
        }
        ByteBuffer bytes = in.nioBuffer(from, size);
        return DECOMPRESSOR.decompress(bytes, bytes.position(), size, ByteBuffer.wrap(into), at, most);
    }

    private void passBlock(int size) throws IOException {
        int start = in.readerIndex();
        in.skipBytes(size);
        if (blocksHaveChecksums && in.readIntLE() != hash(start, size)) {
            throw new IOException("an LZ4 block has a wrong checksum");
        }
    }

    private void finish() throws IOException {
        finished = true;
        if (contentSize >= 0 && contentSize != expanded) {
            throw new IOException("an LZ4 frame expands to " + expanded + " bytes; it claims " + contentSize);
        }
        if (content != null) {
            need(Integer.BYTES, "checksum");
            if (in.readIntLE() != content.getValue()) {
                throw new IOException("an LZ4 frame has a wrong checksum");
            }
        }
    }

    private int hash(int from, int length) {
        ByteBuffer bytes = in.nioBuffer(from, length);
        return HASH.hash(bytes, bytes.position(), length, 0);
    }

    private void need(int bytes, String what) throws EOFException {
        if (bytes > in.readableBytes()) {
            throw new EOFException("an LZ4 frame's " + what + " of " + bytes + " bytes has only " + in.readableBytes());
        }
    }
}
