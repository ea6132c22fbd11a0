package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.TestBatches.Entry;
import io.millstream.record.Codec;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is done to a log, it holds what a list would. */
final class LogPropertyTest {

    private static final int STEPS = 120;

    @TempDir
    Path root;

    static List<Long> seeds() {
        String pinned = System.getProperty("millstream.seed");
        return pinned == null
                ? java.util.stream.LongStream.range(0, 40).boxed().toList()
                : List.of(Long.parseLong(pinned));
    }

    @ParameterizedTest(name = "-Dmillstream.seed={0}")
    @MethodSource("seeds")
    void logHoldsWhatAListWould(long seed) {
        new Run(root, seed).run();
    }

    private static final class Run {
        final SeededEntropy entropy;
        final LogHome home;
        final List<Entry> model = new ArrayList<>();
        final List<Long> borders = new ArrayList<>(List.of(0L)); // base offsets of batches
        final int epoch = 3;

        PartitionLog log;
        long start;
        long end;

        Run(Path root, long seed) {
            entropy = new SeededEntropy(seed);
            home = new LogHome(root, HookedDisk.quick()).segments(entropy.between(1, 4000), entropy.between(0, 600));
            log = home.open();
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (entropy.between(0, 20)) {
                    case 0 -> reopenCleanly();
                    case 1 -> reopenAfterKill();
                    case 2 -> truncate();
                    case 3 -> deleteRecords();
                    case 4 -> retain();
                    case 5, 6 -> home.work();
                    case 7 -> log.flush();
                    case 8 -> log.closeIdleFiles();
                    default -> append();
                }
                check();
            }
            checkTimes();
            log.close();
        }

        void append() {
            int batches = entropy.between(1, 4);
            List<ByteBuf> made = new ArrayList<>();
            long next = end;
            for (int b = 0; b < batches; b++) {
                int count = entropy.between(1, 6);
                long[] times = new long[count];
                String[] values = new String[count];
                borders.add(next);
                for (int i = 0; i < count; i++) {
                    times[i] = 10_000L + entropy.nextInt(500) + next / 4;
                    values[i] = "v" + next + "x".repeat(entropy.nextInt(40));
                    model.add(new Entry(next, times[i], values[i]));
                    next++;
                }
                Codec codec = Codec.of(entropy.nextInt(Codec.values().length));
                made.add(TestBatches.batch(codec, times, values));
            }
            Appended appended = log.append(TestBatches.concat(made.toArray(new ByteBuf[0])), epoch);
            assertThat(appended.error()).isEqualTo(ErrorCode.NONE);
            assertThat(appended.baseOffset()).isEqualTo(end);
            assertThat(appended.nextOffset()).isEqualTo(next);
            end = next;
        }

        void reopenCleanly() {
            if (entropy.chance(0.5)) {
                home.work();
            }
            Optional<ClosedLog> left = log.close();
            assertThat(left).isPresent();
            home.worker.run();
            log = home.open(left);
        }

        void reopenAfterKill() {
            if (entropy.chance(0.5)) {
                home.work();
            }
            log.abandon();
            home.worker.run();
            log = home.open();
        }

        void truncate() {
            if (entropy.chance(0.7) || end == start) {
                return;
            }
            long wanted = start + entropy.between(0, (int) (end - start) + 1);
            long border = end;
            for (long each : borders) {
                if (each <= wanted && wanted < end) {
                    border = each;
                }
            }
            assertThat(log.truncateTo(wanted)).isEqualTo(border);
            end = border;
            start = Math.min(start, end);
            model.removeIf(entry -> entry.offset() >= end);
            borders.removeIf(each -> each >= end);
        }

        void deleteRecords() {
            long to = start + entropy.between(0, (int) (end - start) + 1) / 2;
            assertThat(log.advanceStart(to)).isEqualTo(to);
            start = to;
        }

        void retain() {
            long keep = Math.max(1, log.view().sizeInBytes() / 2);
            log.configure(home.config.with(new LogConfig.Keeping(LogConfig.UNLIMITED, keep)));
            log.applyRetention(end);
            long now = log.view().startOffset();
            assertThat(now).isBetween(start, end);
            assertThat(log.view().segmentCount() == 1 || log.view().sizeInBytes() >= keep)
                    .isTrue();
            start = now;
        }

        List<Entry> live() {
            return model.stream().filter(entry -> entry.offset() >= start).toList();
        }

        void check() {
            assertThat(log.view().endOffset()).isEqualTo(end);
            assertThat(log.view().startOffset()).isEqualTo(start);
            assertThat(LogHome.readAll(log)).isEqualTo(live());
            if (end > start) {
                long from = start + entropy.nextInt((int) (end - start));
                assertThat(LogHome.readAll(log, from))
                        .isEqualTo(model.stream()
                                .filter(entry -> entry.offset() >= from)
                                .toList());
                checkBounded(from);
            }
            assertOutOfRange(start - 1);
            assertOutOfRange(end + 1);
        }

        void assertOutOfRange(long offset) {
            LogSlice slice = log.read(offset, 100, Long.MAX_VALUE, FirstBatch.ALWAYS);
            assertThat(slice.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
            slice.release();
        }

        void checkBounded(long from) {
            long upTo = from + entropy.nextInt(20);
            int max = entropy.nextInt(2000);
            FirstBatch first = entropy.chance(0.5) ? FirstBatch.ALWAYS : FirstBatch.IF_IT_FITS;
            LogSlice slice = log.read(from, max, upTo, first);
            List<Entry> read = TestBatches.entries(slice.copy(TestBatches.HEAP));
            slice.release();
            assertThat(read).allMatch(entry -> entry.offset() < upTo);
            if (first == FirstBatch.IF_IT_FITS) {
                assertThat(slice.sizeInBytes()).isLessThanOrEqualTo(max);
            }
            if (!read.isEmpty()) {
                assertThat(read.get(0).offset()).isLessThanOrEqualTo(from);
                assertThat(read.get(read.size() - 1).offset()).isGreaterThanOrEqualTo(from);
            }
        }

        void checkTimes() {
            List<Entry> live = live();
            for (int i = 0; i < 20; i++) {
                long wanted = 9_990L + entropy.nextInt(700);
                long upTo = end - entropy.nextInt(5);
                Optional<Long> expected = live.stream()
                        .filter(entry -> entry.timestamp() >= wanted && entry.offset() < upTo)
                        .map(Entry::offset)
                        .findFirst();
                assertThat(log.firstAtOrAfter(wanted, upTo).map(TimestampedOffset::offset))
                        .isEqualTo(expected);
            }
            Optional<Long> latest = live.stream()
                    .max(Comparator.comparingLong(Entry::timestamp)
                            .thenComparing(Entry::offset, Comparator.reverseOrder()))
                    .map(Entry::offset);
            assertThat(log.latestByTime(Long.MAX_VALUE).map(TimestampedOffset::offset))
                    .isEqualTo(latest);
            checkRanges(live);
        }

        void checkRanges(List<Entry> live) {
            List<OffsetChunk> chunks = log.ranges(start, end, 500);
            for (int i = 0; i < chunks.size(); i++) {
                OffsetChunk chunk = chunks.get(i);
                long next = i + 1 < chunks.size() ? chunks.get(i + 1).offset() : end;
                assertThat(borders).contains(chunk.offset());
                assertThat(next).isGreaterThan(chunk.offset());
                assertThat(live.stream()
                                .filter(entry -> entry.offset() >= chunk.offset() && entry.offset() < next)
                                .mapToLong(Entry::timestamp)
                                .max()
                                .orElse(-1))
                        .isLessThanOrEqualTo(chunk.maxTimestamp());
            }
            if (!live.isEmpty()) {
                assertThat(chunks).isNotEmpty();
                assertThat(chunks.get(0).offset()).isLessThanOrEqualTo(start);
            }
        }
    }
}
