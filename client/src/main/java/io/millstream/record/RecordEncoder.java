package io.millstream.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** How records lie in a batch, and how their bytes are packed behind its header. Without state. */
final class RecordEncoder {

    private static final int NULL_LENGTH = -1;
    private static final byte NO_ATTRIBUTES = 0;

    private RecordEncoder() {}

    /** Bytes of a record behind its length. */
    static long bodySize(long timestampDelta, int offsetDelta, byte[] key, byte[] value, List<Header> headers) {
        long size =
                1L + Varint.size(timestampDelta) + Varint.size(offsetDelta) + nullableSize(key) + nullableSize(value);
        size += Varint.size(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            int keyBytes = ByteBufUtil.utf8Bytes(header.key());
            size += Varint.size(keyBytes) + keyBytes + nullableSize(header.value());
        }
        return size;
    }

    private static long nullableSize(byte[] bytes) {
        return bytes == null ? Varint.size(NULL_LENGTH) : (long) Varint.size(bytes.length) + bytes.length;
    }

    /** @param body what {@link #bodySize} says */
    static void write(
            ByteBuf out,
            int body,
            long timestampDelta,
            int offsetDelta,
            byte[] key,
            byte[] value,
            List<Header> headers) {
        out.ensureWritable(Varint.MAX_INT_BYTES + body);
        Varint.write(out, body);
        out.writeByte(NO_ATTRIBUTES);
        Varint.write(out, timestampDelta);
        Varint.write(out, offsetDelta);
        writeNullable(out, key);
        writeNullable(out, value);
        Varint.write(out, headers.size());
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            int keyBytes = ByteBufUtil.utf8Bytes(header.key());
            Varint.write(out, keyBytes);
            ByteBufUtil.reserveAndWriteUtf8(out, header.key(), keyBytes);
            writeNullable(out, header.value());
        }
    }

    private static void writeNullable(ByteBuf out, byte[] bytes) {
        if (bytes == null) {
            Varint.write(out, NULL_LENGTH);
        } else {
            Varint.write(out, bytes.length);
            out.writeBytes(bytes);
        }
    }

    /** A buffer to encode records into, with room for the header in front; for {@link #pack}. */
    static ByteBuf open(Codec codec, ByteBufAllocator allocator, int capacity) {
        ByteBuf raw = codec == Codec.NONE ? allocator.buffer(capacity) : allocator.heapBuffer(capacity);
        return raw.writeZero(RecordBatch.HEADER_BYTES);
    }

    /** The batch without its header's content; without a codec it is {@code raw} itself, retained once more. */
    static ByteBuf pack(Codec codec, ByteBuf raw, ByteBufAllocator allocator) {
        if (codec == Codec.NONE) {
            return raw.retain();
        }
        ByteBuf batch = allocator.buffer(raw.writerIndex());
        batch.writeZero(RecordBatch.HEADER_BYTES);
        try (OutputStream out = Compression.compress(codec, batch)) {
            out.write(
                    raw.array(),
                    raw.arrayOffset() + RecordBatch.HEADER_BYTES,
                    raw.writerIndex() - RecordBatch.HEADER_BYTES);
        } catch (RuntimeException | Error e) { // memory may be short, or native code not be loadable here
            batch.release();
            throw e;
        } catch (IOException e) {
            batch.release();
            throw new UncheckedIOException("Cannot compress records with " + codec.label(), e);
        }
        return batch;
    }
}
