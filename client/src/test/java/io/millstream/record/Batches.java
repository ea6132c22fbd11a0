package io.millstream.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** Batches made by our builder or by hand, on the heap and without a reference count to keep. */
final class Batches {

    private static final int COUNT_AT = 57;
    private static final byte[] HEADER = of(Codec.NONE, List.of(new Record(0, 0, null, null, List.of())));

    private Batches() {}

    static byte[] of(Codec codec, List<Record> records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, UnpooledByteBufAllocator.DEFAULT)) {
            for (Record each : records) {
                builder.append(each.timestamp(), each.key(), each.value(), each.headers());
            }
            ByteBuf batch = builder.build();
            byte[] bytes = new byte[batch.readableBytes()];
            batch.readBytes(bytes);
            batch.release();
            return bytes;
        }
    }

    /** A batch with a valid header and checksum around a body, however broken that is. */
    static byte[] around(Codec codec, int recordCount, byte[] body) {
        byte[] batch = Arrays.copyOf(HEADER, RecordBatch.HEADER_BYTES + body.length);
        System.arraycopy(body, 0, batch, RecordBatch.HEADER_BYTES, body.length);
        ByteBuf buf = Unpooled.wrappedBuffer(batch);
        buf.setInt(8, batch.length - RecordBatch.LENGTH_OVERHEAD);
        buf.setShort(21, codec.id());
        buf.setInt(23, Math.max(0, recordCount - 1));
        buf.setInt(COUNT_AT, recordCount);
        return withChecksum(batch);
    }

    static byte[] withChecksum(byte[] batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch, 21, batch.length - 21);
        Unpooled.wrappedBuffer(batch).setInt(17, (int) crc.getValue());
        return batch;
    }

    static byte[] compressed(Codec codec, byte[] plain) throws IOException {
        ByteBuf out = Unpooled.buffer();
        try (OutputStream stream = Compression.compress(codec, out)) {
            stream.write(plain);
        }
        return ByteBufUtil.getBytes(out);
    }

    static RecordBatch view(byte[] batch) {
        return RecordBatch.at(Unpooled.wrappedBuffer(batch));
    }

    static List<Record> read(RecordBatch batch) {
        return read(batch.records());
    }

    static List<Record> read(RecordIterator from) {
        List<Record> records = new ArrayList<>();
        try (RecordIterator each = from) {
            each.forEachRemaining(records::add);
        }
        return records;
    }
}
