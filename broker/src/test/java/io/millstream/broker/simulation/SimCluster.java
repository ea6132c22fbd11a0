package io.millstream.broker.simulation;

import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A cluster of the production classes, its clients and all that befalls them, in one thread and by one seed: the same seed
 * is the same run. Faults come for a while; then they end, and the cluster must come to rest with everything it promised.
 */
final class SimCluster {

    private static final TopicName TOPIC = new TopicName("topic");
    private static final int STEP_MILLIS = 250;
    private static final int START_MILLIS = 60_000;
    private static final int REST_MILLIS = 90_000;
    private static final int WRITE_PAUSE_MILLIS = 60;
    private static final int NOTES = 200;

    private final SimScheduler scheduler;
    private final SimPlan plan;
    private final SimNet net;
    private final SimZooKeeper zooKeeper;
    private final SimClock clock;
    private final SimHistory history = new SimHistory();
    private final List<SimBroker> brokers = new ArrayList<>();
    private final List<SimWriter> writers = new ArrayList<>();
    private final List<SimReader> readers = new ArrayList<>();
    private final List<SimCommitter> committers = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final SimInvariants invariants;
    private final Map<SimBroker, Long> powerLost = new LinkedHashMap<>();

    SimCluster(long seed, SimPlan plan) {
        this.plan = plan;
        scheduler = new SimScheduler(seed);
        net = new SimNet(scheduler);
        zooKeeper = new SimZooKeeper(scheduler);
        clock = new SimClock(scheduler, 0);
        SimBroker.Setting setting = new SimBroker.Setting(scheduler, net, zooKeeper, config(plan), this::note);
        for (int id = 1; id <= plan.replicas(); id++) {
            brokers.add(new SimBroker(id, setting));
        }
        invariants = new SimInvariants(this);
        Random random = scheduler.random();
        scheduler.stallOneIn(random.nextBoolean() ? Integer.MAX_VALUE : 500 + random.nextInt(5_000));
        zooKeeper.lingering(random.nextBoolean() ? 0 : 0.5, 3_000);
    }

    private static Map<String, String> config(SimPlan plan) {
        Map<String, String> all = new LinkedHashMap<>(plan.config());
        all.put("min.insync.replicas", Integer.toString(plan.minInSync()));
        all.put("log.flush", plan.flushCommit() ? "commit" : "os");
        return all;
    }

    /** One seed, from a start to a verdict. */
    static SimCluster run(long seed, SimPlan plan) {
        return run(seed, plan, null);
    }

    /** @param journal gets every step; or null */
    static SimCluster run(long seed, SimPlan plan, List<String> journal) {
        SimCluster cluster = new SimCluster(seed, plan);
        cluster.scheduler.keepJournal(journal);
        try {
            cluster.start();
            cluster.suffer();
            cluster.rest();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\n" + String.join("\n", cluster.notes), e);
        }
        return cluster;
    }

    /** Starts everything, and makes a topic. */
    void start() {
        brokers.forEach(broker -> scheduler.afterMillis(scheduler.random().nextInt(500), broker::start));
        new SimAdmin(this).create(TOPIC, SimPlan.PARTITIONS, plan.replicas());
        until(START_MILLIS, "the topic has leaders", () -> partitions().stream()
                .allMatch(
                        each -> state(each).filter(state -> state.leader() >= 0).isPresent()));
        for (TopicPartition partition : partitions()) {
            for (int i = 0; i < 2; i++) {
                writers.add(new SimWriter(writers.size(), this, new SimWriter.Target(partition, WRITE_PAUSE_MILLIS)));
            }
            readers.add(new SimReader(readers.size(), this, partition));
            committers.add(new SimCommitter(committers.size(), this, partition));
        }
        writers.forEach(SimWriter::start);
        readers.forEach(SimReader::start);
        committers.forEach(SimCommitter::start);
    }

    /** Lets faults come. */
    void suffer() {
        SimFate fate = new SimFate(this, plan);
        fate.begin();
        run(plan.chaosMillis());
        fate.end();
    }

    /** Lets faults end, and waits until everything is as it should be. */
    void rest() {
        note("faults end");
        mend();
        long mended = scheduler.millis();
        until(
                REST_MILLIS,
                "all replicas are in sync and all clients go on",
                () -> lookAfterDisks()
                        && isWhole()
                        && writers.stream().allMatch(writer -> writer.lastAcknowledgedMillis() > mended)
                        && committers.stream().allMatch(each -> each.lastCommittedMillis() > mended));
        note("writers stop");
        writers.forEach(SimWriter::stop);
        until(REST_MILLIS, "no record waits for its outcome", () -> writers.stream()
                .allMatch(writer -> writer.underWay() == 0));
        until(REST_MILLIS, "replicas and readers have everything", invariants::isQuiet);
        invariants.checkAtRest();
        committers.forEach(SimCommitter::checkAtRest);
    }

    private void mend() {
        net.mend();
        zooKeeper.servers().forEach(server -> server.cutOff(false));
        for (SimBroker broker : brokers) {
            broker.disk().capacity(Long.MAX_VALUE);
            if (broker.runs()) {
                broker.process().resume();
            }
            broker.coordination().ifPresent(it -> it.line().weather(SimLine.Weather.FAIR));
            broker.powerOn();
        }
    }

    /** Somebody starts a broker again whose data directory went offline; whether none is. */
    private boolean lookAfterDisks() {
        List<SimBroker> offline = brokers.stream().filter(invariants::isOffline).toList();
        offline.forEach(broker -> {
            note("somebody starts " + broker + " again, whose disk is well now");
            broker.kill();
            broker.start();
        });
        return offline.isEmpty();
    }

    /** Runs for so long, and looks again and again. */
    void run(long millis) {
        long end = scheduler.millis() + millis;
        while (scheduler.millis() < end) {
            scheduler.runFor(Math.min(STEP_MILLIS, Math.max(1, end - scheduler.millis())));
            invariants.checkNow();
        }
    }

    /** Runs until something holds. */
    void until(long atMostMillis, String what, java.util.function.BooleanSupplier holds) {
        long end = scheduler.millis() + atMostMillis;
        while (!holds.getAsBoolean()) {
            if (scheduler.millis() >= end) {
                throw new AssertionError("Not after " + atMostMillis + " ms: " + what + "; " + describe());
            }
            run(STEP_MILLIS);
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        partitions().forEach(each -> text.append(each)
                .append(' ')
                .append(state(each).map(Object::toString).orElse("unknown"))
                .append(' ')
                .append(invariants.describe(each))
                .append("; "));
        brokers.forEach(each -> text.append(each)
                .append(each.runs() ? " runs, " : " does not run, ")
                .append(each.coordination().map(Object::toString).orElse("no session"))
                .append("; "));
        writers.forEach(each -> text.append(each)
                .append(": ")
                .append(each.underWay())
                .append(" under way, last acknowledged at ")
                .append(each.lastAcknowledgedMillis())
                .append("; "));
        readers.forEach(
                each -> text.append(each).append(" at ").append(each.furthest()).append("; "));
        committers.forEach(each -> text.append(each.machine())
                .append(" last committed at ")
                .append(each.lastCommittedMillis())
                .append("; "));
        return text.toString();
    }

    /** Whether every replica of every partition is in sync under its present registration. */
    boolean isWhole() {
        return partitions().stream().allMatch(each -> state(each)
                .filter(state -> state.leader() >= 0 && state.isr().size() == plan.replicas())
                .isPresent());
    }

    /** Whether a machine may lose power: no other has lost anything that it has not fetched again. */
    boolean mayLosePower(SimBroker broker) {
        powerLost.entrySet().removeIf(each -> isBack(each.getKey(), each.getValue()));
        boolean may = plan.minInSync() > 1 && powerLost.keySet().stream().allMatch(each -> each == broker);
        if (may) {
            powerLost.put(broker, lastTransaction());
        }
        return may;
    }

    /** In sync in every partition under a registration that is younger than the loss. */
    private boolean isBack(SimBroker broker, long lostAt) {
        return partitions().stream().allMatch(each -> state(each)
                .filter(state -> state.isr().contains(broker.id))
                .filter(state -> state.isrRegistrations().get(state.isr().indexOf(broker.id)) > lostAt)
                .isPresent());
    }

    private long lastTransaction() {
        return zooKeeper.lastZxid();
    }

    Optional<PartitionState> state(TopicPartition partition) {
        String path = Paths.partitionState(partition);
        return zooKeeper.tree().read(path).map(raw -> Document.read(raw.value(), PartitionState.class, path));
    }

    List<TopicPartition> partitions() {
        List<TopicPartition> all = new ArrayList<>();
        for (int number = 0; number < SimPlan.PARTITIONS; number++) {
            all.add(new TopicPartition(TOPIC, number));
        }
        return all;
    }

    void note(String what) {
        if (notes.size() >= NOTES) {
            notes.remove(0);
        }
        notes.add(scheduler.millis() + " ms: " + what);
    }

    /** What befell it lately. */
    List<String> notes() {
        return notes;
    }

    List<String> everybody() {
        List<String> all =
                new ArrayList<>(brokers.stream().map(each -> each.machine).toList());
        for (int i = 0; i < writers.size(); i++) {
            all.add("writer-" + i);
        }
        for (int i = 0; i < readers.size(); i++) {
            all.add("reader-" + i);
        }
        committers.forEach(each -> all.add(each.machine()));
        return all;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    SimNet net() {
        return net;
    }

    SimZooKeeper zooKeeper() {
        return zooKeeper;
    }

    SimClock clock() {
        return clock;
    }

    SimHistory history() {
        return history;
    }

    List<SimBroker> brokers() {
        return brokers;
    }

    List<SimReader> readers() {
        return readers;
    }
}
