package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.simulation.SimDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage of stored batches gets a file and a position, before it is replicated or compacted. */
final class LogVerificationTest {

    private static final Path ROOT = Path.of("/data");
    private static final int SEGMENT = 1;

    private final SimDisk disk = SimDisk.empty(new ManualClock(1_700_000_000_000L));
    private LogHome home;

    private PartitionLog filled() {
        disk.createDirectories(ROOT);
        home = new LogHome(ROOT, disk).segments(600, 100);
        PartitionLog log = home.open();
        for (int i = 0; i < 30; i++) {
            assertThat(log.append(TestBatches.batch(1_000 + i, "v" + i, "w" + i), 1 + i / 10)
                            .accepted())
                    .isTrue();
        }
        home.work();
        return log;
    }

    private static long verifyAll(PartitionLog log, int maxBytes) {
        long next = 0;
        while (next < log.view().endOffset()) {
            long from = next;
            next = log.verify(from, Long.MAX_VALUE, maxBytes);
            assertThat(next).isGreaterThan(from);
        }
        return next;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 700, 1 << 20})
    void whatIsWholeIsPassedInBoundedSteps(int maxBytes) {
        PartitionLog log = filled();

        assertThat(verifyAll(log, maxBytes)).isEqualTo(60);
        assertThat(log.verify(0, Long.MAX_VALUE, maxBytes)).isEqualTo(maxBytes == 1 ? 2 : log.verify(1, 60, maxBytes));
        assertThat(log.verify(7, 8, maxBytes)).isEqualTo(8);
        assertThat(log.verify(60, Long.MAX_VALUE, maxBytes)).isEqualTo(60);
    }

    @Test
    void everyFlippedBitIsNamedWithItsFileAndABatchsPosition() {
        PartitionLog log = filled();
        Path file = log.view().segment(SEGMENT).path();
        byte[] whole = disk.content(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            disk.replace(file, damaged);
            assertThatThrownBy(() -> verifyAll(log, 1 << 20))
                    .as("byte " + at)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("byte ");
        }
    }

    private PartitionLog compacted() {
        disk.createDirectories(ROOT);
        home = new LogHome(ROOT, disk).segments(600, 100);
        home.config = home.config.with(KeyedRecords.compacting(Long.MAX_VALUE));
        PartitionLog log = home.open();
        for (int i = 0; i < 40; i++) {
            KeyedRecords.append(log, i % 5 == 0 ? "own" + i + "=v" : "k=v" + i);
        }
        home.work();
        KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY);
        assertThat(verifyAll(log, 1 << 20)).isEqualTo(40);
        return log;
    }

    @Test
    void offsetsOfACompactedLogAreProvenByWhoeverReadsAWholeSegment() {
        PartitionLog log = compacted();
        Segment first = log.view().segment(0);
        byte[] whole = disk.content(first.path());
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            disk.replace(first.path(), damaged);
            assertThatThrownBy(() -> verifyAll(log, 1 << 20))
                    .as("byte " + at)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(first.path().toString());
        }
        disk.replace(first.path(), whole);
        assertThat(verifyAll(log, 1 << 20)).isEqualTo(40);
    }

    @Test
    void sumOfOffsetsOutlivesARestartAndGuardsTheNextCompaction() {
        PartitionLog log = compacted();
        Path file = log.view().segment(0).path();
        byte[] whole = disk.content(file);
        log.close();
        byte[] damaged = whole.clone();
        // The second batch's offset, one higher: its neighbours do not prove the opposite.
        int second = 12 + java.nio.ByteBuffer.wrap(whole).getInt(8);
        assertThat(damaged[second + 7]).isEqualTo((byte) 5);
        damaged[second + 7] = 6;
        disk.replace(file, damaged);

        PartitionLog again = home.open();

        assertThatThrownBy(() -> verifyAll(again, 1 << 20))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("as compaction wrote it");
        for (int i = 0; i < 20; i++) {
            KeyedRecords.append(again, "k=w" + i);
        }
        home.work();
        assertThatThrownBy(() -> KeyedRecords.compact(again, Long.MAX_VALUE, KeyedRecords.PLENTY))
                .hasMessageContaining("as compaction wrote it");
        assertThat(disk.content(file)).isEqualTo(damaged);
    }

    @Test
    void offsetsThatFallAreNeverRead() {
        PartitionLog log = compacted();
        Path file = log.view().segment(0).path();
        byte[] damaged = disk.content(file);
        int second = 12 + java.nio.ByteBuffer.wrap(damaged).getInt(8);
        damaged[second + 7] = 0;
        disk.replace(file, damaged);

        assertThatThrownBy(() -> log.read(1, 1, Long.MAX_VALUE, FirstBatch.ALWAYS))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(file.toString());
    }
}
