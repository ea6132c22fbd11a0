package io.millstream.broker.log;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tells what a producer snapshot remembers. */
final class SnapshotDump {

    private SnapshotDump() {}

    /** @param offset that the file is named after */
    static void run(DiskFile file, long offset, Consumer<DumpEntry> sink) {
        long size = file.size();
        ProducerLedger ledger = new ProducerLedger();
        boolean sound = false;
        if (size <= ProducerSnapshots.MAX_BYTES) {
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            file.read(bytes, 0);
            sound = ledger.read(Unpooled.wrappedBuffer(bytes.flip()), offset);
        }
        if (!sound) {
            sink.accept(DumpEntry.damage(
                    0,
                    "this is no producer snapshot for offset " + offset + ", or it fails its"
                            + " checksum; the broker does without"));
            return;
        }
        ledger.entries().forEach(entry -> sink.accept(producer(entry)));
    }

    private static DumpEntry producer(ProducerEntry entry) {
        List<Map<String, Object>> batches = new ArrayList<>();
        for (int i = 0; i < entry.batches(); i++) {
            batches.add(DumpEntry.fields(
                    "firstSequence",
                    entry.firstSequence(i),
                    "lastSequence",
                    entry.lastSequence(i),
                    "baseOffset",
                    entry.baseOffset(i)));
        }
        return DumpEntry.of(
                "producer",
                "producerId",
                entry.producerId(),
                "producerEpoch",
                entry.epoch(),
                "lastTimestamp",
                entry.lastUsedMillis(),
                "recordsWithoutGap",
                entry.run(),
                "batches",
                batches);
    }
}
