package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.KeyedRecords.Keyed;
import io.millstream.record.Codec;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is done to a log that is compacted, and whenever its process dies: what is left is part of what was appended, at
 * the same offsets, with each key's last record.
 */
final class CompactionPropertyTest {

    private static final int STEPS = 90;
    private static final long DELETE_RETENTION = 1_000;

    @TempDir
    Path root;

    static List<Long> seeds() {
        String pinned = System.getProperty("millstream.seed");
        return pinned == null ? LongStream.range(0, 60).boxed().toList() : List.of(Long.parseLong(pinned));
    }

    @ParameterizedTest(name = "-Dmillstream.seed={0}")
    @MethodSource("seeds")
    void logKeepsTheLastRecordOfEachKey(long seed) {
        new Run(root, seed).run();
    }

    /** Thrown in place of dying. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** An idempotent producer's batch, to be sent again. */
    private record Batch(ByteBuf bytes, long base, long next) {}

    private static final class Run {
        final Path root;
        final SeededEntropy entropy;
        final int segmentBytes;
        final List<Keyed> history = new ArrayList<>();
        final Map<Long, Deque<Batch>> sent = new HashMap<>();
        final Map<Long, Integer> sequences = new HashMap<>();

        HookedDisk disk;
        LogHome home;
        PartitionLog log;
        long millis = 1_700_000_000_000L;
        long start;
        long end;
        long committed;
        long firstProducer;

        Run(Path root, long seed) {
            this.root = root;
            this.entropy = new SeededEntropy(seed);
            this.segmentBytes = entropy.between(200, 3_000);
            world();
            log = home.open();
        }

        /** A new process: nothing of the old one's memory is left. */
        void world() {
            disk = HookedDisk.quick();
            home = new LogHome(root, disk).segments(segmentBytes, 200);
            home.config = home.config.with(KeyedRecords.compacting(DELETE_RETENTION));
            home.clock.advance(millis - home.clock.millis());
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (entropy.between(0, 20)) {
                    case 0 -> reopenCleanly();
                    case 1 -> reopenAfterKill();
                    case 2 -> truncate();
                    case 3 -> deleteRecords();
                    case 4 -> pass(entropy.between(100, 2_000));
                    case 5, 6 -> home.work();
                    case 7, 8 -> compact();
                    case 9 -> compactAndDie();
                    case 10 -> compactHalf();
                    default -> append();
                }
                check();
            }
            checkTimes();
            log.close();
        }

        void pass(int by) {
            home.clock.advance(by);
            millis = home.clock.millis();
        }

        void append() {
            Codec codec = Codec.of(entropy.nextInt(Codec.values().length));
            List<Keyed> made = new ArrayList<>();
            int count = entropy.between(1, 6);
            for (int i = 0; i < count; i++) {
                // Uncompressed batches are refused without keys.
                String key = codec != Codec.NONE && entropy.chance(0.1) ? null : "k" + entropy.nextInt(9);
                String value = entropy.chance(0.2) ? null : "v" + end + i + "x".repeat(entropy.nextInt(60));
                made.add(new Keyed(end + i, millis - entropy.nextInt(500), key, value));
            }
            long producer = firstProducer + entropy.between(-1, 4);
            Appended appended;
            if (producer < firstProducer) {
                appended = log.append(KeyedRecords.batch(codec, made), 3);
            } else {
                int sequence = sequences.getOrDefault(producer, 0);
                ByteBuf bytes = KeyedRecords.batch(codec, producer, sequence, made);
                Deque<Batch> batches = sent.computeIfAbsent(producer, id -> new ArrayDeque<>());
                batches.add(new Batch(bytes.copy(), end, end + count));
                if (batches.size() > ProducerEntry.BATCHES) {
                    batches.remove();
                }
                sequences.put(producer, sequence + count);
                appended = log.append(bytes, 3);
            }
            assertThat(appended.accepted()).isTrue();
            assertThat(appended.baseOffset()).isEqualTo(end);
            history.addAll(made);
            end += count;
        }

        Compaction.Memory memory() {
            return entropy.chance(0.3)
                    ? new Compaction.Memory((long) entropy.between(1, 8) * KeyOffsets.SLOT_BYTES, 0.9)
                    : KeyedRecords.PLENTY;
        }

        Optional<Compaction> begin() {
            committed = Math.max(committed, end - entropy.between(0, 20));
            return log.compact(committed, memory());
        }

        void compact() {
            home.work();
            begin().ifPresent(pass -> {
                try (pass) {
                    while (!pass.done()) {
                        pass.advance();
                        if (entropy.chance(0.1)) {
                            append();
                        }
                        if (entropy.chance(0.05)) {
                            home.work();
                        }
                    }
                }
                List<Keyed> left = KeyedRecords.read(log, start);
                long upTo = pass.outcome().upToOffset();
                Map<String, Keyed> seen = new HashMap<>();
                left.stream()
                        .filter(each -> each.offset() < upTo && each.key() != null)
                        .forEach(each -> assertThat(seen.put(each.key(), each)).isNull());
            });
        }

        void compactHalf() {
            begin().ifPresent(pass -> {
                try (pass) {
                    for (int i = entropy.between(0, 30); i > 0 && !pass.done(); i--) {
                        pass.advance();
                    }
                }
            });
        }

        void compactAndDie() {
            home.work();
            AtomicInteger left = new AtomicInteger(entropy.between(0, 40));
            disk.hook((step, path) -> {
                if (left.getAndDecrement() <= 0) {
                    throw new Killed();
                }
            });
            try {
                begin().ifPresent(pass -> {
                    while (!pass.done()) {
                        pass.advance();
                    }
                });
            } catch (Killed killed) {
                assertThat(left.get()).isNegative();
            }
            world();
            log = home.open();
            sendAgain();
        }

        void reopenCleanly() {
            Optional<ClosedLog> left = log.close();
            world();
            log = home.open(left);
            sendAgain();
        }

        void reopenAfterKill() {
            world();
            log = home.open();
            sendAgain();
        }

        /** What was answered last may not have arrived. */
        void sendAgain() {
            sent.values()
                    .forEach(batches -> batches.forEach(batch -> {
                        Appended again = log.append(batch.bytes.copy(), 3);
                        assertThat(again.duplicate()).isTrue();
                        assertThat(again.baseOffset()).isEqualTo(batch.base);
                        assertThat(again.nextOffset()).isEqualTo(batch.next);
                    }));
        }

        /** Never below what is committed, which compaction relies on. */
        void truncate() {
            long lowest = Math.max(committed, start);
            if (entropy.chance(0.5) || lowest >= end) {
                return;
            }
            long now = log.truncateTo(lowest + entropy.between(0, (int) (end - lowest) + 1));
            assertThat(now).isLessThanOrEqualTo(end);
            end = now;
            history.removeIf(each -> each.offset() >= end);
            // What is left of their sequences is not modelled: others go on.
            sent.clear();
            sequences.clear();
            firstProducer += 10;
        }

        void deleteRecords() {
            if (entropy.chance(0.5)) {
                long to = start + entropy.between(0, (int) (end - start) + 1) / 3;
                assertThat(log.advanceStart(to)).isEqualTo(to);
                start = to;
                sent.values().forEach(batches -> batches.removeIf(batch -> batch.base < start));
            }
        }

        void check() {
            assertThat(log.view().startOffset()).isEqualTo(start);
            assertThat(log.view().endOffset()).isEqualTo(end);
            List<Keyed> left = KeyedRecords.read(log, start);
            List<Keyed> live =
                    history.stream().filter(each -> each.offset() >= start).toList();
            assertThat(live).containsSubsequence(left);
            Map<String, Keyed> last = new HashMap<>();
            live.stream().filter(each -> each.key() != null).forEach(each -> last.put(each.key(), each));
            Map<String, Keyed> found = new HashMap<>();
            left.stream().filter(each -> each.key() != null).forEach(each -> found.put(each.key(), each));
            last.forEach((key, expected) -> {
                if (!expected.equals(found.get(key))) {
                    assertThat(expected.tombstone()).as("%s", expected).isTrue();
                    assertThat(found)
                            .as("resurrected by the end of %s", expected)
                            .doesNotContainKey(key);
                    assertThat(millis).isGreaterThanOrEqualTo(expected.timestamp() + DELETE_RETENTION);
                }
            });
            assertThat(left)
                    .containsAll(
                            live.stream().filter(each -> each.key() == null).toList());
            if (end > start) {
                long from = start + entropy.nextInt((int) (end - start));
                assertThat(KeyedRecords.read(log, from))
                        .isEqualTo(left.stream()
                                .filter(each -> each.offset() >= from)
                                .toList());
            }
        }

        void checkTimes() {
            List<Keyed> left = KeyedRecords.read(log, start);
            assertThat(log.latestByTime(Long.MAX_VALUE).map(TimestampedOffset::offset))
                    .isEqualTo(left.stream()
                            .max(Comparator.comparingLong(Keyed::timestamp)
                                    .thenComparing(Keyed::offset, Comparator.reverseOrder()))
                            .map(Keyed::offset));
            for (int i = 0; i < 20; i++) {
                long wanted = millis - entropy.nextInt(3_000);
                assertThat(log.firstAtOrAfter(wanted, end).map(TimestampedOffset::offset))
                        .isEqualTo(left.stream()
                                .filter(each -> each.timestamp() >= wanted)
                                .map(Keyed::offset)
                                .findFirst());
            }
            for (OffsetChunk chunk : log.ranges(start, end, 300)) {
                assertThat(KeyedRecords.batches(log, Math.max(start, chunk.offset()))
                                .get(0)
                                .baseOffset())
                        .isEqualTo(chunk.offset());
            }
        }
    }
}
