package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.TestBatches.Entry;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * L2: each byte of a 64 KiB segment with a bit flipped. What recovery reads through it cuts or refuses there. What was
 * flushed before a clean stop is not read through again, and is sent without being looked at: whoever receives it checks
 * it, as Kafka's clients and this project's range reader do, and here it is shown that they can.
 */
final class L2FlippedBitTest {

    private static final Path ROOT = Path.of("/data");
    private static final int SEGMENT_BYTES = 64 * 1024;

    private final List<Integer> borders = new ArrayList<>(); // where batches begin
    private final List<Long> offsets = new ArrayList<>(); // of their first records

    private SimDisk disk;
    private LogHome home;
    private Path segment;
    private byte[] whole;
    private Optional<ClosedLog> left = Optional.empty();
    private List<Entry> written = List.of();

    @BeforeEach
    void fill() {
        disk = SimDisk.empty(new ManualClock(1_700_000_000_000L));
        disk.createDirectories(ROOT);
        home = new LogHome(ROOT, disk).segments(1 << 20, 4096);
        PartitionLog log = home.open();
        while (log.view().sizeInBytes() < SEGMENT_BYTES) {
            long end = log.view().endOffset();
            borders.add((int) log.view().sizeInBytes());
            offsets.add(end);
            log.append(TestBatches.batch(end, "a" + end, "b".repeat(2_900), "c" + end), 4);
        }
        written = LogHome.readAll(log);
        segment = log.view().last().path();
        left = log.close();
        whole = disk.content(segment);
        assertThat(whole.length).isGreaterThanOrEqualTo(SEGMENT_BYTES);
        assertThat(borders.size()).isGreaterThan(20);
    }

    private int flip(int at) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) (1 << (at % 8));
        disk.replace(segment, damaged);
        int batch = 0;
        while (batch + 1 < borders.size() && borders.get(batch + 1) <= at) {
            batch++;
        }
        return batch;
    }

    /** Makes recovery read the whole segment, as if nothing had been flushed. */
    private PartitionLog recover() {
        new LogState(0, 0).save(home.disk, home.directory, LogHome.METADATA);
        return home.open();
    }

    @Test
    void l2_recoveryNeverAcceptsAFlippedBit() {
        for (int at = 0; at < whole.length; at++) {
            int batch = flip(at);

            PartitionLog log = recover();

            assertThat(log.view().endOffset()).as("byte " + at).isEqualTo(offsets.get(batch));
            assertThat(disk.size(segment))
                    .as("byte " + at)
                    .isEqualTo(borders.get(batch).longValue());
            if (at % 997 == 0) {
                assertThat(LogHome.readAll(log))
                        .isEqualTo(written.subList(0, offsets.get(batch).intValue()));
            }
            log.abandon();
        }
    }

    @Test
    void l2_whatIsSentAfterACleanStopShowsItsFlippedBit() {
        PartitionLog log = home.open(left);
        int unnoticed = 0;
        for (int at = 0; at < whole.length; at++) {
            int batch = flip(at);
            if (!isNoticed(log, batch)) {
                // The leader's epoch is no part of a record; recovery and replication check it against the lineage.
                assertThat(at - borders.get(batch)).as("byte " + at).isBetween(12, 15);
                unnoticed++;
            }
        }
        assertThat(unnoticed).isEqualTo(4 * borders.size());
        log.abandon();
    }

    /** Whether a reader who checks what he gets finds something wrong with a batch. */
    private boolean isNoticed(PartitionLog log, int batch) {
        LogSlice slice;
        try {
            slice = log.read(offsets.get(batch), 1, Long.MAX_VALUE, FirstBatch.ALWAYS);
        } catch (StorageException e) {
            return e.kind() == StorageException.Kind.DAMAGED;
        }
        try {
            ByteBuf sent = slice.copy(TestBatches.HEAP);
            if (!sent.isReadable()) {
                return true; // records are missing where some are known to be
            }
            RecordBatch first = RecordBatch.at(sent);
            first.ensureIntact();
            return first.baseOffset() != offsets.get(batch) || first.sizeInBytes() != sent.readableBytes();
        } catch (CorruptBatchException e) {
            return true;
        } finally {
            slice.release();
        }
    }
}
