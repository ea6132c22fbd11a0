package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.log.TestBatches.Entry;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is opened after a stop that was not clean is what was written, up to the first byte that is not. */
final class RecoveryTest {

    @TempDir
    Path root;

    private LogHome home;
    private final List<Integer> borders = new ArrayList<>(); // of batches in the last segment

    @BeforeEach
    void home() {
        home = new LogHome(root, HookedDisk.quick()).segments(1_500, 200);
    }

    /** Appends until there are three segments, and a few batches in the last one. */
    private PartitionLog filled() {
        PartitionLog log = home.open();
        int inLast = 0;
        while (log.view().segmentCount() < 3 || inLast < 5) {
            int before = log.view().segmentCount();
            long end = log.view().endOffset();
            append(log, TestBatches.batch(home.clock.millis() + end, "a" + end, "b" + end, "c" + end));
            inLast = log.view().segmentCount() > before ? 1 : inLast + 1;
        }
        return log;
    }

    private static void append(PartitionLog log, ByteBuf batch) {
        assertThat(log.append(batch, 4).accepted()).isTrue();
    }

    private Path lastSegment() throws IOException {
        try (var files = Files.list(home.directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    /** Where the batches of a segment file begin, and where the last one ends. */
    private static List<Integer> borders(byte[] segment) {
        List<Integer> borders = new ArrayList<>(List.of(0));
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(segment);
        int position = 0;
        while (position < segment.length) {
            position += 12 + bytes.getInt(position + 8);
            borders.add(position);
        }
        return borders;
    }

    @Test
    void l1_tornTailIsCutAtTheLastWholeBatchWhereverItWasTorn() throws IOException {
        PartitionLog log = filled();
        List<Entry> written = LogHome.readAll(log);
        log.abandon();
        Path last = lastSegment();
        byte[] whole = Files.readAllBytes(last);
        borders.addAll(borders(whole));
        int batches = borders.size() - 1;
        int from = borders.get(batches - 3);
        home.segments(1 << 20, 200); // what is appended below shall not begin another segment

        for (int length = whole.length; length >= from; length--) {
            Files.write(last, Arrays.copyOf(whole, length));
            int bytes = length;
            int lost =
                    3 * (int) borders.stream().filter(border -> border > bytes).count();

            log = home.open();
            assertThat(LogHome.readAll(log)).isEqualTo(written.subList(0, written.size() - lost));
            assertThat(Files.size(last))
                    .isIn(borders.stream().map(Integer::longValue).toList());
            long end = log.view().endOffset();
            assertThat(log.append(TestBatches.batch(home.clock.millis(), "next"), 4)
                            .baseOffset())
                    .isEqualTo(end);
            log.abandon();
        }
    }

    @Test
    void whatACleanStopLeftIsNoTornTailIfItIsShorterNow() throws IOException {
        Optional<ClosedLog> left = filled().close();
        Path last = lastSegment();
        byte[] whole = Files.readAllBytes(last);
        borders.addAll(borders(whole));

        for (int length : List.of(whole.length - 1, borders.get(borders.size() - 2), 0)) {
            Files.write(last, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> home.open(left))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.DAMAGED));
            assertThat(Files.size(last)).isEqualTo(length);
        }
        Files.delete(last);
        assertThatThrownBy(() -> home.open(left)).hasMessageContaining("missing");

        Files.write(last, whole);
        assertThat(home.open(left).view().endOffset())
                .isEqualTo(left.orElseThrow().endOffset());
    }

    @Test
    void l1_zerosBehindTheTailAreCut() throws IOException {
        PartitionLog log = filled();
        List<Entry> written = LogHome.readAll(log);
        log.abandon();
        Path last = lastSegment();
        byte[] whole = Files.readAllBytes(last);

        Files.write(last, Arrays.copyOf(whole, whole.length + 5_000));

        log = home.open();
        assertThat(LogHome.readAll(log)).isEqualTo(written);
        assertThat(Files.size(last)).isEqualTo(whole.length);
        log.abandon();
    }

    @Test
    void l2_flippedBitIsCutWithWhatFollowsAndNeverRead() throws IOException {
        PartitionLog log = filled();
        List<Entry> written = LogHome.readAll(log);
        log.abandon();
        Path last = lastSegment();
        byte[] whole = Files.readAllBytes(last);
        borders.addAll(borders(whole));
        int before = written.size() - 3 * (borders.size() - 1);

        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << (at % 8));
            Files.write(last, damaged);
            int position = at;
            int good = before
                    + 3
                            * ((int) borders.stream()
                                            .filter(border -> border <= position)
                                            .count()
                                    - 1);

            log = home.open();
            assertThat(LogHome.readAll(log)).as("byte " + at).isEqualTo(written.subList(0, good));
            log.abandon();
        }
    }

    @Test
    void damageInAnUnflushedSegmentCutsTheSegmentsBehindItToo() throws IOException {
        PartitionLog log = filled();
        List<Entry> written = LogHome.readAll(log);
        log.abandon();
        Path first = LogFiles.of(home.directory, 0, LogFiles.LOG);
        byte[] whole = Files.readAllBytes(first);
        whole[whole.length - 1] ^= 1;
        Files.write(first, whole);
        int good = 3 * (borders(whole).size() - 2);

        log = home.open();

        assertThat(LogHome.readAll(log)).isEqualTo(written.subList(0, good));
        assertThat(log.view().segmentCount()).isEqualTo(1);
        log.abandon();
    }

    @Test
    void damageInFlushedDataIsAnErrorWithItsPlaceAndCutsNothing() throws IOException {
        PartitionLog log = filled();
        log.flush();
        log.abandon();
        long recoveryPoint = LogState.load(home.disk, home.directory, LogHome.METADATA)
                .orElseThrow()
                .recoveryPoint();
        assertThat(recoveryPoint).isPositive();
        Path last = lastSegment();
        byte[] whole = Files.readAllBytes(last);
        Files.write(last, Arrays.copyOf(whole, whole.length));
        new LogState(0, log.view().endOffset()).save(home.disk, home.directory, LogHome.METADATA);
        byte[] damaged = whole.clone();
        int second = borders(whole).get(1);
        damaged[second + 70] ^= 4;
        Files.write(last, damaged);

        assertThatThrownBy(home::open)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining(last.toString())
                .hasMessageContaining("byte " + second)
                .hasMessageContaining("offset " + (recoveryPoint + 3));
        assertThat(Files.readAllBytes(last)).isEqualTo(damaged);
    }

    @Test
    void missingSegmentIsAnErrorThatNamesTheOffsets() throws IOException {
        PartitionLog log = filled();
        log.flush();
        long second = log.view().segment(1).baseOffset();
        log.abandon();
        Files.delete(LogFiles.of(home.directory, 0, LogFiles.LOG));

        assertThatThrownBy(home::open).hasMessageContaining("offsets 0 to " + (second - 1) + " are missing");
    }

    @Test
    void missingLastSegmentIsAnErrorOnceItWasFlushed() throws IOException {
        PartitionLog log = filled();
        log.flush();
        log.abandon();
        Path last = lastSegment();
        new LogState(0, log.view().endOffset()).save(home.disk, home.directory, LogHome.METADATA);
        Files.delete(last);

        assertThatThrownBy(home::open).hasMessageContaining("are missing");
    }

    @Test
    void cleanStopIsOpenedAsItWasLeft() {
        PartitionLog log = filled();
        List<Entry> written = LogHome.readAll(log);
        Optional<ClosedLog> left = log.close();

        log = home.open(left);

        assertThat(LogHome.readAll(log)).isEqualTo(written);
        assertThat(log.flushedOffset()).isEqualTo(log.view().endOffset());
        log.abandon();
    }

    @Test
    void l8_recordOfAStopThatTheLogHasOutgrownIsNotBelieved() {
        PartitionLog log = filled();
        Optional<ClosedLog> left = log.close();
        log = home.open(left);
        append(log, TestBatches.batch(9_000, "after the stop"));
        List<Entry> written = LogHome.readAll(log);
        log.abandon();

        log = home.open(left);

        assertThat(LogHome.readAll(log)).isEqualTo(written);
        log.abandon();
    }

    @Test
    void leftoversAreDeletedAndStrangersLeftAlone() throws IOException {
        filled().abandon();
        Path leftover = home.directory.resolve("00000000000000000000.log.deleted");
        Path stranger = home.directory.resolve("notes.log");
        Files.writeString(leftover, "x");
        Files.writeString(stranger, "x");

        home.open().abandon();

        assertThat(leftover).doesNotExist();
        assertThat(stranger).exists();
    }
}
