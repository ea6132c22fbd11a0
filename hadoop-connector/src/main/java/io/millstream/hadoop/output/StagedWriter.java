package io.millstream.hadoop.output;

import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Writes a {@linkplain StagedForm staged file}. What it writes to is the caller's to sync and close. Not for several threads. */
final class StagedWriter {

    private final CRC32C crc = new CRC32C();
    private final DataOutputStream out;
    private final Map<TopicPartition, Integer> numbers = new HashMap<>();
    private long batches;
    private long records;

    StagedWriter(OutputStream target) throws IOException {
        out = new DataOutputStream(new Counted(target));
        out.writeInt(StagedForm.MAGIC);
        out.writeInt(StagedForm.VERSION);
    }

    /** @param batch readable bytes: one whole batch; not consumed */
    void batch(TopicPartition partition, UUID topicId, int recordsInIt, ByteBuf batch) throws IOException {
        Integer number = numbers.get(partition);
        if (number == null) {
            number = numbers.size();
            numbers.put(partition, number);
            announce(partition, topicId);
        }
        out.writeByte(StagedForm.BATCH);
        out.writeInt(StagedForm.BATCH_FIXED_BYTES + batch.readableBytes());
        out.writeInt(number);
        out.writeInt(recordsInIt);
        batch.getBytes(batch.readerIndex(), out, batch.readableBytes());
        endFrame();
        batches++;
        records += recordsInIt;
    }

    private void announce(TopicPartition partition, UUID topicId) throws IOException {
        byte[] name = partition.topic().value().getBytes(StandardCharsets.UTF_8);
        out.writeByte(StagedForm.PARTITION);
        out.writeInt(StagedForm.PARTITION_FIXED_BYTES + name.length);
        out.writeLong(topicId.getMostSignificantBits());
        out.writeLong(topicId.getLeastSignificantBits());
        out.writeInt(partition.partition());
        out.write(name);
        endFrame();
    }

    /** Ends the file, without which nobody takes it for whole. */
    void finish() throws IOException {
        out.writeByte(StagedForm.END);
        out.writeInt(StagedForm.END_BYTES);
        out.writeLong(batches);
        out.writeLong(records);
        endFrame();
        out.flush();
    }

    private void endFrame() throws IOException {
        out.writeInt((int) crc.getValue());
    }

    private final class Counted extends FilterOutputStream {

        private Counted(OutputStream target) {
            super(target);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            crc.update(value);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            crc.update(bytes, from, length);
        }
    }
}
