package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.ExpectedLog.Batch;
import io.millstream.broker.log.ExpectedLog.Stop;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Some lives of a broker's data directories on a simulated disk, by a seed: logs are made, used in every way and deleted;
 * each life ends with a clean stop, the death of the process or the loss of power, often in the middle of something. What
 * the next life finds must be what the one before was promised.
 */
final class CrashRun {

    private static final int LIVES = 5;
    private static final int STEPS = 25;
    private static final int PARTITIONS = 3;
    private static final int PRODUCERS = 3;

    private final SeededEntropy entropy;
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final List<Path> places = new ArrayList<>(List.of(Path.of("/disk1")));
    private final LogConfig config;
    private final Map<TopicPartition, ExpectedLog> expected =
            new TreeMap<>(java.util.Comparator.comparing(TopicPartition::toString));

    private final List<String> history = new ArrayList<>();

    private SimDisk disk = SimDisk.empty(clock);
    private List<ManualLoop> loops = new ArrayList<>();
    private LogDirectories logs;
    private Stop lastStop = Stop.CLEAN;
    private boolean cleanBefore; // whether a record of a clean stop may still be there
    private boolean startInterrupted; // whether the start has been tried before
    private boolean faulty; // whether something was made to fail in this life
    private boolean doubtful; // whether an operation has failed in the middle: its log is not used further

    CrashRun(long seed) {
        entropy = new SeededEntropy(seed);
        if (entropy.chance(0.3)) {
            places.add(Path.of("/disk2"));
        }
        config = LogConfig.DEFAULT
                .with(new LogConfig.Rolling(entropy.between(1, 4_000), 7_200_000L, entropy.between(0, 500)))
                .with(new LogConfig.Flushing(
                        entropy.chance(0.2) ? FlushMode.COMMIT : FlushMode.OS,
                        entropy.chance(0.3) ? entropy.between(1, 30) : Long.MAX_VALUE,
                        entropy.chance(0.3) ? 100 : Long.MAX_VALUE));
    }

    /** What has been done, in order. */
    List<String> history() {
        return history;
    }

    void run() {
        for (int life = 0; life < LIVES; life++) {
            start();
            live();
        }
        start();
    }

    /** Opens the directories; dies now and then while doing so. */
    private void start() {
        for (boolean open = false; !open; ) {
            loops = new ArrayList<>();
            faulty = false;
            doubtful = false;
            if (entropy.chance(0.2)) {
                dieSoon(60);
            }
            try {
                cleanBefore |= lastStop == Stop.CLEAN;
                logs = LogDirectories.open(
                        places, new LogEnvironment(disk, clock, entropy, name -> loop()), topic -> config);
                disk.faults(SimFaults.none());
                open = true;
            } catch (SimDisk.Dead died) {
                startInterrupted = true;
                lastStop = afterDeath() == Stop.POWER_LOST ? Stop.POWER_LOST : worse(lastStop);
            }
        }
        history.add("found after stop " + lastStop);
        checkStop();
        check();
        cleanBefore = false;
        startInterrupted = false;
    }

    private static Stop worse(Stop stop) {
        return stop == Stop.CLEAN ? Stop.KILLED : stop;
    }

    private ManualLoop loop() {
        ManualLoop loop = new ManualLoop();
        loops.add(loop);
        return loop;
    }

    private void dieSoon(int within) {
        Fault death = new Fault(Failure.DEATH, entropy.nextInt(1000));
        disk.faults(SimFaults.nth(entropy.nextInt(within), death, Operation.CHANGES));
    }

    /** The process is dead: perhaps because the machine is. */
    private Stop afterDeath() {
        if (entropy.chance(0.7)) {
            history.add("power lost");
            disk = disk.crash(entropy.nextLong());
            return Stop.POWER_LOST;
        }
        history.add("killed");
        disk = disk.kill();
        return Stop.KILLED;
    }

    private void checkStop() {
        for (LogDirectory directory : logs.directories()) {
            assertThat(directory.failure()).isEmpty();
            if (!cleanBefore) {
                assertThat(directory.previousStop()).isNotEqualTo(PreviousStop.CLEAN);
            }
            if (lastStop == Stop.CLEAN) {
                assertThat(directory.previousStop()).isEqualTo(PreviousStop.CLEAN);
            }
            if (lastStop == Stop.POWER_LOST && !startInterrupted) {
                assertThat(directory.previousStop()).isNotEqualTo(PreviousStop.CRASH);
            }
        }
    }

    private void check() {
        assertThat(logs.failures()).isEmpty();
        for (PartitionLog found : logs.logs()) {
            assertThat(expected).containsKey(found.partition());
        }
        expected.entrySet().removeIf(entry -> {
            Optional<PartitionLog> found = logs.log(entry.getKey());
            assertThat(found.isPresent() || entry.getValue().mayBeGone)
                    .as(entry.getKey() + " is there")
                    .isTrue();
            found.ifPresent(log -> entry.getValue().check(log, lastStop));
            return found.isEmpty();
        });
    }

    private void live() {
        int steps = entropy.between(1, STEPS);
        if (entropy.chance(0.3)) {
            faulty = true;
            Failure failure = entropy.chance(0.5) ? Failure.NO_SPACE : Failure.IO;
            disk.faults(SimFaults.nth(
                    entropy.nextInt(steps * 4), new Fault(failure, entropy.nextInt(1000)), Operation.CHANGES));
        } else if (entropy.chance(0.7)) {
            dieSoon(steps * 6);
        }
        try {
            for (int i = 0; i < steps && !doubtful; i++) {
                step();
            }
            if (!faulty && entropy.chance(0.3)) {
                cleanBefore = true; // from here on: all but the record's name may be on disk when it dies
                logs.close();
                lastStop = Stop.CLEAN;
                history.add("stopped");
                disk = entropy.chance(0.5) ? disk.kill() : disk.crash(entropy.nextLong());
            } else {
                lastStop = afterDeath();
            }
        } catch (SimDisk.Dead died) {
            lastStop = afterDeath();
        }
    }

    private void step() {
        TopicPartition id = new TopicPartition("clicks", entropy.nextInt(PARTITIONS));
        if (!expected.containsKey(id)) {
            create(id);
            return;
        }
        ExpectedLog model = expected.get(id);
        PartitionLog log = logs.log(id).orElseThrow();
        clock.advance(entropy.nextInt(500_000));
        int what = entropy.between(0, 24);
        history.add(id + " " + what + " start " + model.start + " flushed " + model.flushed + " end " + model.end);
        switch (what) {
            case 0 -> delete(id, model);
            case 1 -> truncate(log, model);
            case 2 -> advanceStart(log, model);
            case 3 -> retain(log, model);
            case 4, 5 -> attempt(model, log, log::flush);
            case 6, 7, 8 -> work();
            case 9 -> attempt(model, log, () -> log.beginTerm(++model.leaderEpoch));
            case 10 -> log.closeIdleFiles();
            case 11, 12 -> repeat(log, model);
            default -> append(log, model);
        }
    }

    /** Does something that may fail if the disk was made to, in which case the log is left alone afterwards. */
    private void attempt(ExpectedLog model, PartitionLog log, Runnable action) {
        try {
            action.run();
            model.settled(log);
        } catch (StorageException e) {
            assertThat(faulty).as(e.getMessage()).isTrue();
            history.add(e.getMessage());
            doubtful = true;
        }
    }

    private void work() {
        for (ManualLoop loop : loops) {
            try {
                if (entropy.chance(0.5)) {
                    loop.fire();
                }
                if (entropy.chance(0.7)) {
                    loop.run();
                }
            } catch (StorageException e) { // which a real loop logs
                assertThat(faulty).as(e.getMessage()).isTrue();
                history.add(e.getMessage());
                history.add(e.getMessage());
            }
        }
        for (PartitionLog log : logs.logs()) {
            ExpectedLog model = expected.get(log.partition());
            model.flushed = Math.max(model.flushed, log.flushedOffset());
        }
    }

    private void create(TopicPartition id) {
        history.add(id + " create");
        ExpectedLog model = new ExpectedLog(entropy.uuid());
        model.mayBeGone = true;
        expected.put(id, model);
        try {
            model.settled(logs.create(id, model.topicId, config));
        } catch (StorageException e) {
            assertThat(faulty).as(e.getMessage()).isTrue();
            history.add(e.getMessage());
            doubtful = true;
        }
    }

    private void delete(TopicPartition id, ExpectedLog model) {
        model.mayBeGone = true;
        try {
            logs.delete(id);
            expected.remove(id);
        } catch (StorageException e) {
            assertThat(faulty).as(e.getMessage()).isTrue();
            history.add(e.getMessage());
            doubtful = true;
        }
    }

    private void append(PartitionLog log, ExpectedLog model) {
        boolean idempotent = entropy.chance(0.6);
        ByteBuf records;
        if (idempotent) {
            long producer = entropy.nextInt(PRODUCERS);
            if (entropy.chance(0.05)) {
                model.newEpoch(producer);
            }
            records =
                    TestBatches.batch(producer, model.producerEpoch(producer), model.nextSequence(producer), values());
        } else {
            List<ByteBuf> several = new ArrayList<>();
            for (int i = faulty ? 1 : entropy.between(1, 4); i > 0; i--) {
                several.add(TestBatches.batch(clock.millis() - entropy.nextInt(1000), values()));
            }
            records = TestBatches.concat(several.toArray(new ByteBuf[0]));
        }
        long base = model.end;
        try {
            Appended appended = log.append(records, model.leaderEpoch);
            assertThat(appended.message()).isEmpty();
            assertThat(appended.duplicate()).isFalse();
            assertThat(appended.baseOffset()).isEqualTo(base);
            model.batches.addAll(Batch.all(records));
            model.settled(log);
        } catch (StorageException e) {
            assertThat(faulty).as(e.getMessage()).isTrue();
            history.add(e.getMessage());
            assertThat(log.view().endOffset()).isEqualTo(base);
        } catch (SimDisk.Dead died) {
            List<Batch> dying = Batch.all(records);
            boolean stamped = dying.get(0).base() == base;
            model.mayFollow = stamped ? dying : List.of();
            throw died;
        }
    }

    private String[] values() {
        String[] values = new String[entropy.between(1, 5)];
        for (int i = 0; i < values.length; i++) {
            values[i] = entropy.nextLong() + "x".repeat(entropy.nextInt(entropy.chance(0.1) ? 1_500 : 80));
        }
        return values;
    }

    /** An idempotent producer sends a batch again. */
    private void repeat(PartitionLog log, ExpectedLog model) {
        List<Batch> remembered = model.remembered();
        if (remembered.isEmpty()) {
            return;
        }
        Batch batch = remembered.get(entropy.nextInt(remembered.size()));
        ByteBuf again = io.netty.buffer.Unpooled.copiedBuffer(batch.bytes());
        try {
            Appended appended = log.append(again, model.leaderEpoch);
            assertThat(appended.duplicate()).as("duplicate of " + batch).isTrue();
            assertThat(appended.baseOffset()).isEqualTo(batch.base());
        } catch (StorageException e) {
            assertThat(faulty).as(e.getMessage()).isTrue();
            history.add(e.getMessage());
        }
    }

    private void truncate(PartitionLog log, ExpectedLog model) {
        if (model.end == model.start || entropy.chance(0.5)) {
            return;
        }
        long target = model.start + entropy.nextInt((int) (model.end - model.start));
        long border = model.batches.stream()
                .filter(batch -> batch.base() <= target && target < batch.next())
                .mapToLong(Batch::base)
                .findFirst()
                .orElse(target);
        model.lowestEnd = border;
        model.flushed = Math.min(model.flushed, border);
        attempt(model, log, () -> assertThat(log.truncateTo(target)).isEqualTo(border));
    }

    private void advanceStart(PartitionLog log, ExpectedLog model) {
        long target = model.start + entropy.nextInt((int) (model.end - model.start) + 1);
        model.highestStart = target;
        attempt(model, log, () -> assertThat(log.advanceStart(target)).isEqualTo(target));
    }

    private void retain(PartitionLog log, ExpectedLog model) {
        long keep = Math.max(1, entropy.nextInt((int) log.view().sizeInBytes() + 1));
        log.configure(config.with(new LogConfig.Keeping(
                entropy.chance(0.3) ? 3_600_000 : LogConfig.UNLIMITED,
                entropy.chance(0.7) ? keep : LogConfig.UNLIMITED)));
        model.highestStart = model.end;
        attempt(model, log, () -> log.applyRetention(model.end));
    }
}
