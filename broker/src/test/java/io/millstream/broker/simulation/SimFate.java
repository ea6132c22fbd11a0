package io.millstream.broker.simulation;

import java.util.List;

/** What befalls a simulated cluster, by its seed: one fault after another, several of which may last at a time. */
final class SimFate {

    /** Kinds of faults. */
    enum Kind {
        /** SIGKILL, and a start some time later. */
        KILL,
        /** A machine loses power, and comes back some time later. */
        POWER,
        /** A clean stop, and a start some time later. */
        STOP,
        /** SIGSTOP for a while. */
        PAUSE,
        /** No way between a broker and ZooKeeper, in one direction or both. */
        NO_ZOOKEEPER,
        /** ZooKeeper ends a broker's session. */
        EXPIRE,
        /** A broker's connection to ZooKeeper breaks. */
        BREAK,
        /** Nothing passes between a broker and all others. */
        ISOLATE,
        /** Nothing passes from one broker to another. */
        ONE_WAY,
        /** Messages of a broker take long. */
        SLOW,
        /** Somebody sets a machine's clock. */
        CLOCK,
        /** A disk is full for a while. */
        DISK_FULL,
        /** A server of ZooKeeper is cut off from the others. */
        OLD_NEWS
    }

    private static final int LONGEST_MILLIS = 12_000;
    private static final int HOUR_MILLIS = 3_600_000;

    private final SimCluster cluster;
    private final SimScheduler scheduler;
    private final SimPlan plan;
    private final List<Kind> kinds;
    private boolean over;

    SimFate(SimCluster cluster, SimPlan plan) {
        this.cluster = cluster;
        this.scheduler = cluster.scheduler();
        this.plan = plan;
        this.kinds = List.copyOf(new java.util.TreeSet<>(plan.faults()));
    }

    void begin() {
        if (!kinds.isEmpty()) {
            next();
        }
    }

    /** No more faults. Those that last are for the cluster to mend. */
    void end() {
        over = true;
    }

    private void next() {
        scheduler.afterMillis(scheduler.random().nextInt(plan.pauseMillis()), () -> {
            if (!over) {
                strike(kinds.get(scheduler.random().nextInt(kinds.size())));
                next();
            }
        });
    }

    private void strike(Kind kind) {
        List<SimBroker> brokers = cluster.brokers();
        SimBroker broker = brokers.get(scheduler.random().nextInt(brokers.size()));
        SimBroker other = brokers.get(scheduler.random().nextInt(brokers.size()));
        int millis = 1 + scheduler.random().nextInt(1 + scheduler.random().nextInt(LONGEST_MILLIS));
        cluster.note(kind + " " + broker + " for " + millis + " ms");
        switch (kind) {
            case KILL -> {
                broker.kill();
                scheduler.afterMillis(millis, broker::start);
            }
            case POWER -> power(broker, millis);
            case STOP -> {
                broker.stop();
                scheduler.afterMillis(millis, broker::start);
            }
            case PAUSE -> pause(broker, millis);
            case NO_ZOOKEEPER -> cutOff(broker, millis);
            case EXPIRE ->
                broker.coordination().ifPresent(it -> cluster.zooKeeper().expire(it.sessionId()));
            case BREAK -> broker.coordination().ifPresent(SimCoordination::cut);
            case ISOLATE -> {
                cluster.everybody().forEach(each -> cluster.net().cut(broker.machine, each));
                cluster.everybody().forEach(each -> cluster.net().cut(each, broker.machine));
                scheduler.afterMillis(millis, cluster.net()::mend);
            }
            case ONE_WAY -> {
                cluster.net().cut(broker.machine, other.machine);
                scheduler.afterMillis(millis, cluster.net()::mend);
            }
            case SLOW -> {
                cluster.everybody().forEach(each -> cluster.net().slow(broker.machine, each, millis / 10 + 1));
                scheduler.afterMillis(millis, cluster.net()::mend);
            }
            case CLOCK -> broker.clock.set(scheduler.between(-HOUR_MILLIS, HOUR_MILLIS));
            case DISK_FULL -> {
                broker.disk()
                        .capacity(broker.disk().usedBytes() + scheduler.random().nextInt(2_000));
                scheduler.afterMillis(millis, () -> broker.disk().capacity(Long.MAX_VALUE));
            }
            case OLD_NEWS -> {
                SimServer server = cluster.zooKeeper().anyServer();
                server.cutOff(true);
                scheduler.afterMillis(millis, () -> server.cutOff(false));
            }
        }
    }

    /** Only what the guarantee covers: one machine at a time, unless what is committed is on disk. */
    private void power(SimBroker broker, int millis) {
        if (plan.flushCommit() || cluster.mayLosePower(broker)) {
            broker.powerOff();
            scheduler.afterMillis(millis, broker::powerOn);
        }
    }

    private void pause(SimBroker broker, int millis) {
        if (broker.runs()) {
            SimProcess paused = broker.process();
            paused.pause();
            scheduler.afterMillis(millis, paused::resume);
        }
    }

    private void cutOff(SimBroker broker, int millis) {
        SimLine.Weather[] bad = {SimLine.Weather.REFUSED, SimLine.Weather.REQUESTS_LOST, SimLine.Weather.ANSWERS_LOST};
        SimLine.Weather weather = bad[scheduler.random().nextInt(bad.length)];
        broker.coordination().ifPresent(it -> {
            it.line().weather(weather);
            scheduler.afterMillis(millis, () -> it.line().weather(SimLine.Weather.FAIR));
        });
    }
}
