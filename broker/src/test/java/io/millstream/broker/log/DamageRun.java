package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.KeyedRecords.Keyed;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills a data directory, stops, damages some of its files, opens it again and reads everything, by a seed. */
final class DamageRun {

    private static final Path ROOT = Path.of("/data");
    private static final int PARTITIONS = 3;
    private static final int COMPACTED = 2;

    /** What one log must hold. */
    private static final class Model {
        final List<Keyed> appended = new ArrayList<>();
        long start;
        long end;
        long safe; // what is below must be there, or the log must say that it is not
    }

    private final SeededEntropy entropy;
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final List<ManualLoop> loops = new ArrayList<>();
    private final Map<TopicPartition, Model> models = new HashMap<>();
    private final List<String> history = new ArrayList<>();
    private final LogConfig config;

    private SimDisk disk = SimDisk.empty(clock);
    private DirectoryDamage damage;
    private boolean clean;

    DamageRun(long seed) {
        entropy = new SeededEntropy(seed);
        config = LogConfig.DEFAULT.with(new LogConfig.Rolling(entropy.between(300, 1_500), 7_200_000L, 200));
    }

    List<String> history() {
        return history;
    }

    void run() {
        fill();
        damage = new DirectoryDamage(disk, ROOT, entropy, history);
        for (int i = entropy.between(1, 4); i > 0; i--) {
            damage.befall();
        }
        // What was found must be found again: opening must not make it worse.
        for (int i = 0; i < 2; i++) {
            LogDirectories logs = open();
            logs.failures().forEach((partition, why) -> {
                history.add(partition + " refused: " + why.getMessage());
                assertThat(why.getMessage()).contains(ROOT.toString());
            });
            models.forEach((partition, model) -> check(logs, partition, model));
            if (i == 0 && entropy.chance(0.5)) {
                logs.close();
            }
            disk = disk.kill();
        }
    }

    private LogDirectories open() {
        loops.clear();
        return LogDirectories.open(
                List.of(ROOT),
                new LogEnvironment(disk, clock, entropy, name -> {
                    ManualLoop loop = new ManualLoop();
                    loops.add(loop);
                    return loop;
                }),
                topic -> config);
    }

    private static TopicPartition partition(int i) {
        return new TopicPartition("clicks", i);
    }

    private void fill() {
        LogDirectories logs = open();
        for (int i = 0; i < PARTITIONS; i++) {
            PartitionLog log = logs.create(partition(i), entropy.uuid(), config);
            Model model = new Model();
            models.put(partition(i), model);
            if (i == COMPACTED) {
                log.configure(config.with(KeyedRecords.compacting(1_000)));
            }
            int count = entropy.between(3, 25);
            for (int n = 0; n < count; n++) {
                append(log, model, n < count / 2 ? 1 : 4);
                if (entropy.chance(0.2)) {
                    work();
                }
            }
            model.end = log.view().endOffset();
            work();
            if (i == COMPACTED) {
                KeyedRecords.compact(log, model.end, KeyedRecords.PLENTY);
                append(log, model, 4);
                model.end = log.view().endOffset();
            } else if (entropy.chance(0.3)) {
                model.start = log.advanceStart(entropy.nextInt((int) model.end / 2 + 1));
            }
            if (entropy.chance(0.8)) {
                work();
            }
            Path directory = ROOT.resolve(partition(i).toString());
            model.safe = LogState.load(disk, directory, PartitionMetadata.load(disk, directory, partition(i)))
                    .orElseThrow()
                    .recoveryPoint();
        }
        clean = entropy.chance(0.5);
        if (clean) {
            logs.close();
        }
        history.add(clean ? "stopped" : "killed");
        disk = disk.kill();
    }

    private void append(PartitionLog log, Model model, int epoch) {
        long end = log.view().endOffset();
        List<Keyed> made = new ArrayList<>();
        for (int i = entropy.between(1, 6); i > 0; i--) {
            long offset = end + made.size();
            String value = log.partition() + " " + offset + "x".repeat(entropy.nextInt(80));
            made.add(new Keyed(offset, clock.millis() - entropy.nextInt(500), "k" + entropy.nextInt(9), value));
        }
        Codec codec = Codec.of(entropy.nextInt(Codec.values().length));
        assertThat(log.append(KeyedRecords.batch(codec, made), epoch).accepted())
                .isTrue();
        model.appended.addAll(made);
    }

    private void work() {
        for (int round = 0; round < 2; round++) {
            List.copyOf(loops).forEach(ManualLoop::run);
        }
    }

    private void check(LogDirectories logs, TopicPartition id, Model model) {
        Optional<PartitionLog> found = logs.log(id);
        Path directory = ROOT.resolve(id.toString());
        if (found.isEmpty()) {
            assertThat(logs.failures()).as("a log is gone without a word").containsKey(id);
            return;
        }
        PartitionLog log = found.get();
        boolean readable = true;
        long next = log.view().startOffset();
        try {
            while (next < log.view().endOffset()) {
                long from = next;
                next = read(log, id, from);
                assertThat(next).as(id + " goes on after " + from).isGreaterThan(from);
            }
            log.latestByTime(Long.MAX_VALUE);
            log.firstAtOrAfter(clock.millis() - entropy.nextInt(600), Long.MAX_VALUE);
            log.ranges(model.start, model.end, 300);
        } catch (StorageException e) {
            assertThat(e.getMessage()).contains(directory.toString());
            readable = false;
        } catch (CorruptBatchException whichTheReaderNotices) {
            readable = false;
        }
        boolean stateLost = damage.touched(directory.resolve(LogFiles.STATE)) && journalLost(id);
        if (readable && !stateLost) {
            assertThat(log.view().startOffset()).as(id + " start").isEqualTo(model.start);
            assertThat(next).as(id + " end").isGreaterThanOrEqualTo(model.safe);
        }
    }

    /** Compaction may leave nothing up to the end. */
    private boolean mayHaveGaps(TopicPartition id) {
        return id.partition() == COMPACTED;
    }

    /** Nothing is left that tells a log's files from another's if something has happened to both copies of its journal. */
    private boolean journalLost(TopicPartition id) {
        Path directory = ROOT.resolve(id.toString());
        return damage.touched(directory.resolve(LogFiles.JOURNAL))
                && damage.touched(directory.resolve(LogFiles.JOURNAL_COPY));
    }

    /** What may be found at an offset: what was appended there. */
    private List<Keyed> mayBeAt(TopicPartition id, long offset) {
        boolean another = journalLost(id);
        return models.entrySet().stream()
                .filter(each -> another || each.getKey().equals(id))
                .map(each -> each.getValue().appended)
                .filter(appended -> offset < appended.size())
                .map(appended -> appended.get((int) offset))
                .toList();
    }

    /** Reads a slice, and checks it as whoever receives it does. */
    private long read(PartitionLog log, TopicPartition id, long from) {
        LogSlice slice = log.read(from, entropy.between(1, 3_000), Long.MAX_VALUE, FirstBatch.ALWAYS);
        long next = from;
        try {
            if (slice.isEmpty()) {
                assertThat(mayHaveGaps(id)).as(id + " has nothing at " + from).isTrue();
                return log.view().endOffset();
            }
            ByteBuf bytes = slice.copy(TestBatches.HEAP);
            for (int index = 0; index < bytes.writerIndex(); ) {
                RecordBatch batch = RecordBatch.at(bytes, index, bytes.writerIndex());
                batch.ensureIntact();
                boolean dense = !mayHaveGaps(id);
                if (batch.nextOffset() <= next || (dense && batch.baseOffset() > next)) {
                    throw new CorruptBatchException("offset " + batch.baseOffset() + " where " + next + " is expected");
                }
                for (Keyed record : KeyedRecords.records(batch)) {
                    assertThat(record).isIn(mayBeAt(id, record.offset()));
                }
                next = batch.nextOffset();
                index = batch.endIndex();
            }
            return next;
        } finally {
            slice.release();
        }
    }
}
