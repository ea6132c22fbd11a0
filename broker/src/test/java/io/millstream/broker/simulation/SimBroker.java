package io.millstream.broker.simulation;

import io.millstream.broker.BrokerStartException;
import io.millstream.broker.SimulatedBroker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.server.ConnectionLimits;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.Listening;
import io.millstream.broker.server.ServerSettings;
import io.millstream.broker.server.SimulatedServer;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.core.BrokerEndpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A machine with a broker on it, which whoever looks after it starts again when it has ended. */
public final class SimBroker {

    private static final int PORT = 9092;
    private static final int SESSION_MILLIS = 6_000;
    private static final int PATIENCE_MILLIS = 15_000;
    private static final int RESTART_MILLIS = 2_000;

    /** What the machines share. */
    record Setting(
            SimScheduler scheduler,
            SimNet net,
            SimZooKeeper zooKeeper,
            Map<String, String> config,
            Consumer<String> notes) {}

    final int id;
    final String machine;
    final SimClock clock;
    private final Setting setting;
    private SimDisk disk;
    private SimProcess process;
    private SimCoordination coordination;
    private SimulatedBroker broker;
    private int starts;
    private boolean startAfterStop;
    private boolean off;

    SimBroker(int id, Setting setting) {
        this.id = id;
        this.setting = setting;
        machine = "broker-" + id;
        clock = new SimClock(setting.scheduler, TimeUnit.HOURS.toNanos(id));
        disk = SimDisk.empty(clock);
    }

    BrokerEndpoint endpoint() {
        return new BrokerEndpoint(machine, PORT);
    }

    boolean runs() {
        return process != null && !process.isDead();
    }

    SimProcess process() {
        return process;
    }

    SimDisk disk() {
        return disk;
    }

    /** Its session; empty while it has none. */
    Optional<SimCoordination> coordination() {
        return runs() ? Optional.ofNullable(coordination) : Optional.empty();
    }

    /** What it runs; empty while it does not. */
    Optional<SimulatedBroker> broker() {
        return runs() ? Optional.ofNullable(broker) : Optional.empty();
    }

    /** Starts a process, unless one runs. */
    void start() {
        if (off) {
            return;
        }
        if (runs()) {
            startAfterStop = true;
            return;
        }
        startAfterStop = false;
        SimProcess started = new SimProcess(setting.scheduler, machine + " #" + ++starts);
        process = started;
        broker = null;
        coordination = null;
        SimDisk own = disk;
        started.afterEach(() -> {
            if (own.isDead()) {
                started.die();
            }
        });
        started.atDeath(() -> {
            disk = own.isDead() ? disk : own.kill();
            Optional.ofNullable(coordination).ifPresent(SimCoordination::abandon);
        });
        SimLoop main = started.loop("main");
        main.execute(() -> begin(main));
    }

    private void begin(SimLoop main) {
        SimProcess mine = process;
        SimulatedBroker.Doors doors = new SimulatedBroker.Doors(
                new LogEnvironment(disk, clock, new SimEntropy(setting.scheduler.random()), mine::thread),
                this::connect,
                (settings, dispatcher) -> listen(mine, settings, dispatcher),
                settings -> setting.net.connections(machine, mine, settings));
        broker = new SimulatedBroker(config(), doors);
        try {
            var unused = broker.start(main).whenComplete((done, failure) -> {
                if (failure != null && !mine.isDead()) {
                    startAgain(mine, failure);
                }
            });
        } catch (CoordinationException | StorageException | BrokerStartException e) {
            startAgain(mine, e);
        } finally {
            Optional.ofNullable(coordination).ifPresent(SimCoordination::moveOn);
        }
    }

    private void startAgain(SimProcess failed, Throwable why) {
        setting.notes.accept(failed + " does not start: " + why.getMessage());
        failed.die();
        setting.scheduler.afterMillis(RESTART_MILLIS, this::start);
    }

    private Coordination connect() {
        coordination = new SimCoordination(
                setting.zooKeeper, process, clock, new SimCoordination.Settings(SESSION_MILLIS, PATIENCE_MILLIS));
        coordination.standStill();
        return coordination;
    }

    private Listening listen(SimProcess mine, ServerSettings settings, Dispatcher dispatcher) {
        SimulatedServer server = new SimulatedServer(settings, dispatcher, clock);
        setting.net.listen(
                endpoint(),
                new SimNet.Listener(
                        machine,
                        mine,
                        mine.loop("network"),
                        server,
                        settings.listeners().get(0).name()));
        return new Listening() {
            @Override
            public int port(String listener) {
                return PORT;
            }

            @Override
            public void limit(ConnectionLimits limits) {
                // a simulated client has one connection to a broker
            }

            @Override
            public void close() {
                setting.net.unlisten(endpoint());
            }
        };
    }

    private BrokerConfig config() {
        Map<String, String> all = new HashMap<>(setting.config);
        all.put("broker.id", Integer.toString(id));
        all.put("zookeeper.connect", "zookeeper:2181");
        all.put("zookeeper.session.timeout.ms", Integer.toString(SESSION_MILLIS));
        all.put("log.dirs", "/data");
        all.put("listeners", "PLAINTEXT://" + machine + ":" + PORT);
        all.put("http.port", "-1");
        return BrokerConfig.of(all);
    }

    /** SIGKILL. */
    void kill() {
        if (runs()) {
            process.die();
        }
    }

    /** SIGTERM: hands over, and ends well. */
    void stop() {
        if (runs() && broker != null && !process.isPaused()) {
            SimProcess stopping = process;
            SimulatedBroker its = broker;
            SimLoop loop = stopping.loop("shutdown");
            startAfterStop = false;
            loop.execute(() -> its.stop(loop, () -> {
                stopping.die();
                if (startAfterStop) {
                    start();
                }
            }));
        }
    }

    /** The power fails: what was not forced may be lost. {@link #powerOn} starts the machine. */
    void powerOff() {
        off = true;
        setting.net.power(machine, false);
        SimDisk own = disk;
        disk = own.crash(setting.scheduler.random().nextLong());
        if (process != null) {
            process.die();
        }
    }

    void powerOn() {
        off = false;
        setting.net.power(machine, true);
        start();
    }

    @Override
    public String toString() {
        return machine;
    }
}
