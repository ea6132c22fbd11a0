package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.KeyedRecords.Keyed;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.record.Codec;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Three replicas of a log on machines of their own, by a seed: leaders come and go, followers copy, truncate and start
 * over, processes die and machines lose power in the middle of it. Whoever leads has everything that is committed; so do all
 * once they have caught up, and what they have is the same.
 */
final class ReplicationRun {

    private static final int REPLICAS = 3;
    private static final int STEPS = 60;
    private static final int KEYS = 8;
    private static final int PRODUCERS = 2;
    private static final Path ROOT = Path.of("/data");

    private final SeededEntropy entropy;
    private final LogConfig config;
    private final boolean compacted;
    private final List<String> history = new ArrayList<>();
    private final List<Replica> replicas = new ArrayList<>();
    private final TreeMap<Long, Keyed> committed = new TreeMap<>();

    private int epoch = -1;
    private int leader;
    private long highWatermark;
    private long compactedTo;

    private final class Replica {
        final int id;
        SimDisk disk;
        LogHome home;
        PartitionLog log;
        boolean behind; // may lack what is committed, and knows it
        boolean startedOver;

        Replica(int id) {
            this.id = id;
            disk = SimDisk.empty(new ManualClock(1_700_000_000_000L));
            disk.createDirectories(ROOT);
            disk.syncDirectory(ROOT.getParent());
            open();
        }

        void open() {
            home = new LogHome(ROOT, disk);
            home.config = config;
            if (disk.exists(home.directory)) {
                disk.syncDirectory(home.directory);
            }
            log = home.open();
        }

        void die(boolean power) {
            history.add(id + (power ? " loses power" : " dies") + " at "
                    + log.view().endOffset());
            disk = power ? disk.crash(entropy.nextLong()) : disk.kill();
            open();
            behind |= log.view().endOffset() < highWatermark;
            history.add(id + " is back with " + log.view().startOffset() + ".."
                    + log.view().endOffset());
        }

        long end() {
            return log.view().endOffset();
        }
    }

    ReplicationRun(long seed) {
        entropy = new SeededEntropy(seed * 0x9E3779B97F4A7C15L); // the first numbers of neighbouring seeds are alike
        compacted = entropy.chance(0.4);
        LogConfig base = LogConfig.DEFAULT.with(
                new LogConfig.Rolling(entropy.between(1, 2_500), 7_200_000L, entropy.between(0, 300)));
        config = compacted ? base.with(KeyedRecords.compacting(0)) : base;
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(new Replica(i));
        }
    }

    List<String> history() {
        return history;
    }

    void run() {
        elect();
        for (int step = 0; step < STEPS; step++) {
            switch (entropy.between(0, 24)) {
                case 0, 1 -> elect();
                case 2 -> replicas.get(entropy.nextInt(REPLICAS)).die(false);
                case 3 -> losePower();
                case 4 -> deleteRecords();
                case 5 -> compact();
                case 6, 7 -> replicas.get(entropy.nextInt(REPLICAS)).home.work();
                case 8 -> commit();
                case 9, 10, 11, 12 -> append();
                default -> copy(replicas.get(entropy.nextInt(REPLICAS)), 1 + entropy.nextInt(3));
            }
        }
        commit();
        replicas.forEach(this::checkSame);
    }

    /** Of those that have everything committed. */
    private void elect() {
        List<Replica> candidates =
                replicas.stream().filter(each -> !each.behind).toList();
        if (candidates.isEmpty()) {
            return;
        }
        leader = candidates.get(entropy.nextInt(candidates.size())).id;
        epoch += entropy.between(1, 3);
        history.add(leader + " leads in " + epoch);
        for (Replica each : replicas) {
            if (each.id == leader) {
                each.log.beginTerm(epoch);
            } else {
                each.log.follower().begin();
            }
        }
    }

    private Replica leading() {
        return replicas.get(leader);
    }

    private boolean leads() {
        return leading().log.latestEpoch() == epoch;
    }

    private void append() {
        if (!leads() || leading().behind) {
            return;
        }
        int count = entropy.between(1, 5);
        List<Keyed> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value = "v" + history.size() + "-" + i + "x".repeat(entropy.nextInt(120));
            records.add(Keyed.of("k" + entropy.nextInt(KEYS), entropy.chance(0.1) ? null : value));
        }
        int producer = entropy.nextInt(PRODUCERS * 2);
        ByteBuf batch = producer < PRODUCERS
                ? KeyedRecords.batch(Codec.NONE, 100 * (epoch + 1L) + producer, 0, records)
                : KeyedRecords.batch(Codec.of(entropy.nextInt(Codec.values().length)), records);
        Appended appended = leading().log.append(batch, epoch);
        history.add(leader + " appends " + count + ": " + appended);
        assertThat(appended.error())
                .isIn(ErrorCode.NONE, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, ErrorCode.FENCED_LEADER_EPOCH);
    }

    /** Some steps of a follower; it may die in the middle. */
    private void copy(Replica follower, int steps) {
        if (follower.id == leader || !leads()) {
            return;
        }
        boolean dies = entropy.chance(0.15);
        if (dies) {
            follower.disk.faults(SimFaults.nth(
                    entropy.nextInt(12), new Fault(Failure.DEATH, entropy.nextInt(1000)), Operation.CHANGES));
        }
        try {
            for (int i = 0; i < steps; i++) {
                step(follower);
            }
        } catch (SimDisk.Dead died) {
            follower.die(entropy.chance(0.4));
            follower.log.follower().begin();
            return;
        }
        follower.disk.faults(SimFaults.none());
    }

    /** One fetch. */
    private void step(Replica follower) {
        PartitionLog from = leading().log;
        FollowerLog to = follower.log.follower();
        Optional<TermEnd> divergence = from.divergence(to.lastEpoch(), follower.end());
        if (divergence.isPresent()) {
            long before = follower.end();
            long after = to.truncateTo(divergence.get());
            history.add(follower.id + " truncates from " + before + " to " + after + " by " + divergence.get());
            assertThat(after).isLessThan(before);
            assertThat(follower.behind || after >= Math.min(before, highWatermark))
                    .as("what is committed stays")
                    .isTrue();
            return;
        }
        if (follower.end() < from.view().startOffset()
                || follower.end() > from.view().endOffset()) {
            to.startOver(from.view().startOffset());
            history.add(follower.id + " starts over at " + from.view().startOffset());
            follower.startedOver = true;
            assertThat(follower.log.view().startOffset()).isEqualTo(from.view().startOffset());
            assertThat(follower.end()).isEqualTo(from.view().startOffset());
            return;
        }
        LogSlice slice =
                from.read(follower.end(), entropy.between(1, 3_000), from.view().endOffset(), FirstBatch.ALWAYS);
        try {
            ByteBuf records = slice.isEmpty() ? Unpooled.EMPTY_BUFFER : slice.copy(TestBatches.HEAP);
            if (records.isReadable() && entropy.chance(0.2)) { // as a limit of bytes may cut it
                records.writerIndex(records.writerIndex() - entropy.nextInt(Math.min(40, records.readableBytes())));
            }
            to.append(records, epoch, highWatermark);
            follower.log.advanceStart(Math.min(from.view().startOffset(), follower.end()));
            history.add(follower.id + " has up to " + follower.end());
        } finally {
            slice.release();
        }
    }

    /** All catch up; what they have then is committed. */
    private void commit() {
        if (!leads() || leading().behind) {
            return;
        }
        for (Replica each : replicas) {
            for (int tries = 0; each.id != leader && isBehind(each); tries++) {
                assertThat(tries).as("steps that replica %d takes", each.id).isLessThan(500);
                copy(each, 1);
            }
            each.behind = false;
        }
        highWatermark = leading().end();
        committed.clear();
        KeyedRecords.read(leading().log, leading().log.view().startOffset())
                .forEach(each -> committed.put(each.offset(), each));
        history.add("committed up to " + highWatermark);
    }

    private boolean isBehind(Replica follower) {
        PartitionLog from = leading().log;
        return follower.end() != from.view().endOffset()
                || from.divergence(follower.log.follower().lastEpoch(), follower.end())
                        .isPresent();
    }

    private void checkSame(Replica each) {
        long from = Math.max(
                Math.max(each.log.view().startOffset(), leading().log.view().startOffset()), compactedTo);
        assertThat(each.end()).isEqualTo(leading().end());
        assertThat(batches(each.log, from)).isEqualTo(batches(leading().log, from));
        TreeMap<Long, Keyed> now = new TreeMap<>();
        KeyedRecords.read(each.log, from).forEach(record -> now.put(record.offset(), record));
        assertThat(now).containsAllEntriesOf(committed.tailMap(from));
        for (int past = 0; past <= epoch; past++) {
            Optional<TermEnd> here = each.log.endOfTerm(past);
            if (here.isPresent() && here.get().endOffset() > from && !each.startedOver && !leading().startedOver) {
                assertThat(here).isEqualTo(leading().log.endOfTerm(past));
            }
        }
    }

    private static List<String> batches(PartitionLog log, long from) {
        return KeyedRecords.batches(log, from).stream()
                .filter(batch -> batch.baseOffset() >= from)
                .map(batch -> batch.leaderEpoch() + ":" + batch + ":" + ByteBufUtil.hexDump(batch.bytes()))
                .toList();
    }

    /** Of one machine at a time: the others have everything that is committed. */
    private void losePower() {
        if (replicas.stream().noneMatch(each -> each.behind)) {
            Replica unlucky = replicas.get(entropy.nextInt(REPLICAS));
            unlucky.die(true);
            if (unlucky.id == leader) {
                elect();
            } else {
                unlucky.log.follower().begin();
            }
        }
    }

    private void deleteRecords() {
        if (leads() && !leading().behind && highWatermark > 0 && entropy.chance(0.4)) {
            long start = leading().log.advanceStart(entropy.nextInt((int) highWatermark + 1));
            committed.headMap(start).clear();
            history.add(leader + " starts at " + start);
        }
    }

    private void compact() {
        if (!compacted || !leads() || leading().behind) {
            return;
        }
        leading().log.flush();
        leading().home.work();
        Optional<Compaction.Outcome> outcome = KeyedRecords.compact(leading().log, highWatermark, KeyedRecords.PLENTY);
        if (outcome.isPresent()) {
            compactedTo = Math.max(compactedTo, highWatermark);
            history.add(leader + " compacts below " + highWatermark);
        }
    }
}
