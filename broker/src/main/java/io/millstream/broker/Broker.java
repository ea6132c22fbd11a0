package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.controller.ClusterWatch;
import io.millstream.broker.controller.Controller;
import io.millstream.broker.controller.ProducerIds;
import io.millstream.broker.controller.Reconfiguration;
import io.millstream.broker.controller.Registrar;
import io.millstream.broker.group.Groups;
import io.millstream.broker.group.TopicsNow;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogDirectory;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.DiskFailures;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.Listening;
import io.millstream.broker.server.ServerSettings;
import io.millstream.broker.server.handler.ServedCluster;
import io.millstream.broker.server.handler.UnseenTopics;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Loop;
import io.millstream.net.Connections;
import io.millstream.schemas.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: data directories, ZooKeeper session, controller, roles, network and HTTP endpoint. Several can run in
 * one process, each with its own directories and ports.
 *
 * <p>Safe for use by several threads.
 */
public final class Broker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Broker.class);

    private static final long READY_PATIENCE_MILLIS = 60_000;

    /** More than a disk needs to be busy; they mostly wait for it. */
    private static final int ROLE_WORKERS = 8;

    /** Groups decide quickly and wait for ZooKeeper; two loops keep one busy shard from holding up all others. */
    private static final int GROUP_LOOPS = 2;

    private static final long FOREVER_MILLIS = TimeUnit.DAYS.toMillis(36_500);

    private final BrokerConfig config;
    private final LiveConfig settings;
    private final int id;
    private final World world;
    private final LogEnvironment environment;
    private final Parts parts = new Parts();
    private final Partitions partitions = new Partitions();
    private final ClusterView view = new ClusterView();
    private final Readiness readiness;

    private volatile Optional<ControlledShutdown> departure = Optional.empty();
    private HttpStart http;
    private Listening listening;
    private int httpPort = -1;
    private SortedMap<String, BrokerEndpoint> endpoints;

    /** What a broker has before others can see it. */
    record Base(
            LogDirectories logs,
            WatermarkKeeper watermarks,
            Coordination coordination,
            Losses losses,
            ClusterMembership membership,
            ClusterWatch watch,
            CompletableFuture<Groups> groups) {}

    Broker(BrokerConfig config, World world) {
        this.config = config;
        this.settings = new LiveConfig(config);
        this.world = world;
        this.environment = world.environment();
        this.id = config.get(BrokerSettings.BROKER_ID);
        this.readiness = new Readiness(id, view, partitions);
    }

    /**
     * Starts a broker. Blocks until it serves.
     *
     * @throws BrokerStartException if it cannot: what is wrong and what to do. Nothing of it runs then
     */
    public static Broker start(BrokerConfig config) {
        Broker broker = new Broker(config, World.system());
        try {
            broker.start();
            return broker;
        } catch (StorageException e) {
            broker.close();
            throw new BrokerStartException(e.getMessage(), "Check log.dirs and that no other broker uses them", e);
        } catch (CoordinationException e) {
            broker.close();
            throw new BrokerStartException(e.getMessage(), "Start ZooKeeper, or check zookeeper.connect", e);
        } catch (IOException e) {
            broker.close();
            throw new BrokerStartException(
                    e.getMessage(), "Choose another port (0: any free one), or stop what uses it", e);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private void start() throws IOException {
        Base base = prepare();
        Registrar registrar = serve(base, Coordination.await(base.groups()));
        awaitRegistration(registrar);
        rememberLoss(base, registrar);
        awaitReady();
        startUpkeep(base);
        log.info("Broker {} of cluster {} serves {}", id, base.membership().clusterId(), endpoints);
    }

    /** Opens the logs and a session with ZooKeeper, and begins to take shards of the groups. Blocks. */
    Base prepare() throws IOException {
        http = HttpStart.begin(
                Addresses.host(config.listeners().forBrokers().bind()),
                config.get(BrokerSettings.HTTP_PORT),
                readiness::waitsFor,
                parts,
                loop("http-start"));

        readiness.phase("recovering logs");
        List<Path> directories = config.get(BrokerSettings.LOG_DIRS);
        LogConfig defaults = LogConfigs.of(TopicConfig.of(Map.of(), config)); // a topic's own come with its role
        LogDirectories logs = parts.add("logs", LogDirectories.recover(directories, environment, topic -> defaults));
        WatermarkKeeper watermarks = parts.add("high watermarks", new WatermarkKeeper(partitions, logs));

        readiness.phase("connecting to ZooKeeper");
        Coordination coordination =
                parts.add("ZooKeeper session", world.coordination().apply(config));
        ClusterMembership membership =
                ClusterMembership.establish(coordination, environment.disk(), working(logs), id, environment.entropy());
        // Asks ZooKeeper nothing before somebody asks it.
        http.serveSchemas(parts.add("schema registry", new SchemaRegistry(coordination)), membership.clusterId());
        ClusterWatch watch = new ClusterWatch(coordination, loop("cluster"));
        List<Loop> groupLoops = IntStream.range(0, GROUP_LOOPS)
                .mapToObj(number -> loop("groups-" + number))
                .toList();
        CompletableFuture<Groups> groups =
                Coordinating.start(coordination, environment, config, new Coordinating.Cluster(watch), groupLoops);
        Losses losses = Losses.read(environment.disk(), () -> working(logs));
        return new Base(logs, watermarks, coordination, losses, membership, watch, groups);
    }

    /** Opens the listeners, and begins to register and to play roles. */
    Registrar serve(Base base, Groups groups) throws IOException {
        readiness.phase("opening the listeners");
        LogDirectories logs = base.logs();
        Coordination coordination = base.coordination();
        ClusterMembership membership = base.membership();
        ClusterWatch watch = base.watch();
        Controller controller = new Controller(watch, id, environment.entropy(), Electing.settings(settings));
        ServedCluster served =
                new ServedCluster(id, membership.clusterId(), settings, view, controller, environment.entropy());
        ProducerIds producerIds = new ProducerIds(coordination, loop("producer-ids"), id);
        Connections connections =
                parts.add("connections to brokers", world.connections().apply(Replication.connectionSettings(config)));
        Replication replication = new Replication(config, watch::state, environment.clock());
        replication.start(partitions, connections, environment.clock(), this::loop);
        watch.onChange(cluster -> replication.limits().follow(settings.current(), cluster));
        settings.onChange(now -> replication.limits().follow(now, watch.state()));
        Dispatcher dispatcher = Handlers.all(
                served,
                new Handlers.Backends(
                        partitions,
                        new LeadReader(id, coordination, loop("leads")),
                        logs,
                        producerIds,
                        new Reconfiguration(coordination, loop("settings")),
                        groups,
                        replication.forFollowers(environment.entropy()),
                        new ControllerCalls(controller, watch::state, connections),
                        new UnseenTopics(
                                names -> TopicsNow.read(coordination, names).thenApply(TopicsNow::existing))),
                loop("search"),
                loop("upkeep"));
        Workers workers = new Workers(IntStream.range(0, ROLE_WORKERS)
                .mapToObj(number -> loop("roles-" + number))
                .toList());
        Loop roleLoop = loop("roles");
        listening = parts.add("network server", world.network().open(serverSettings(), dispatcher));
        parts.add(
                "groups", groups); // before the network server waits for what is under way, nobody must wait for others
        endpoints = Addresses.advertised(config.listeners(), listening::port);
        httpPort = http.port();

        LossRecord lost = base.losses().current();
        BrokerRegistration registration = new BrokerRegistration(
                        endpoint().host(),
                        endpoint().port(),
                        endpoints,
                        httpPort,
                        config.get(BrokerSettings.BROKER_RACK),
                        environment.disk().bootId().orElse(""),
                        membership.directoryId())
                .afterLoss(logs.mayLackRecords(), lost.voidBefore())
                .renewed(lost.renewed())
                .whileStarting();
        Registrar registrar = new Registrar(watch, id, registration, controller::succeed);
        new DiskFailures(partitions, roleLoop).watch(logs);
        Roles roles = new Roles(
                settings,
                logs,
                partitions,
                coordination,
                new Roles.Stage(view, registrar::update, base.losses(), environment.clock(), roleLoop, workers));
        watch.onChange(roles::follow);
        logs.directories().forEach(directory -> directory.onFailure(cause -> roles.diskFailed()));
        partitions.listen(new Inspector(loop("inspector"), roles::damaged));
        IsrKeeper isrKeeper = new IsrKeeper(
                settings,
                partitions,
                coordination,
                new IsrKeeper.Stage(watch::state, environment.clock(), loop("isr")));
        parts.add("watches", watch);
        departure = Optional.of(
                new ControlledShutdown(settings, view, registrar, groups, coordination, environment.clock()));

        readiness.phase(null);
        isrKeeper.start();
        CompletableFuture<?> unused = watch.start();
        return registrar;
    }

    /** Begins what runs now and then. */
    void startUpkeep(Base base) {
        base.watermarks()
                .start(loop("watermarks"), config.get(BrokerSettings.REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS));
        new Retention(
                        partitions,
                        loop("retention"),
                        config.get(BrokerSettings.LOG_RETENTION_CHECK_INTERVAL_MS),
                        () -> settings.current().get(BrokerSettings.PRODUCER_ID_EXPIRATION_MS))
                .start();
        followSettings();
    }

    private static List<Path> working(LogDirectories logs) {
        return logs.directories().stream()
                .filter(directory -> directory.failure().isEmpty())
                .map(LogDirectory::path)
                .toList();
    }

    /** Lets what is already running follow the settings; on a loop of its own, for it may wait. */
    private void followSettings() {
        Compactors compactors =
                parts.add("compactor", new Compactors(partitions, environment.clock(), environment.loops()));
        compactors.follow(settings.current());
        Loop loop = loop("live-settings");
        Runnable follow = () -> {
            compactors.follow(settings.current());
            limit(settings.current());
        };
        settings.onChange(now -> {
            try {
                loop.execute(follow);
            } catch (RejectedExecutionException closed) {
                log.debug("The broker is stopping: settings were not followed", closed);
            }
        });
        loop.execute(follow); // what changed before anybody listened
    }

    private void limit(BrokerConfig config) {
        try {
            listening.limit(Addresses.limits(config));
        } catch (BrokerStartException e) {
            log.error("Limits of connections stay as they were: {}", e.getMessage());
        }
    }

    private Loop loop(String name) {
        return parts.add(name, environment.loops().apply("millstream-" + id + "-" + name));
    }

    private ServerSettings serverSettings() {
        long idle = config.get(BrokerSettings.CONNECTIONS_MAX_IDLE_MS);
        long memory = config.get(BrokerSettings.QUEUED_MAX_REQUEST_BYTES);
        return new ServerSettings(
                Addresses.bindings(config.listeners()),
                config.get(BrokerSettings.NUM_NETWORK_THREADS),
                config.get(BrokerSettings.SOCKET_REQUEST_MAX_BYTES),
                memory <= 0 ? ServerSettings.defaultRequestMemory() : memory,
                idle <= 0 ? FOREVER_MILLIS : idle,
                Addresses.limits(config));
    }

    /** A registration that a dead broker left behind stands for its session time-out, which may be longer than ours. */
    private void awaitRegistration(Registrar registrar) {
        long patience = 2L * config.get(BrokerSettings.ZOOKEEPER_SESSION_TIMEOUT_MS);
        if (!await(registrar.registered(), patience)) {
            registrar.rival().ifPresent(rival -> {
                throw new BrokerStartException(
                        "Broker id " + id + " is taken by the live broker at " + rival.endpoint(),
                        "Give this broker another broker.id, or stop the other one");
            });
            if (!await(registrar.registered(), READY_PATIENCE_MILLIS)) {
                throw new BrokerStartException(
                        "Broker " + id + " cannot register", "Look at the log, and at ZooKeeper's");
            }
        }
    }

    /**
     * What the cluster knows of this broker from before a loss is void for good, also after a later, clean start; and only
     * once that is on disk may a crash look like the death of a process.
     */
    void rememberLoss(Base base, Registrar registrar) {
        LogDirectories logs = base.logs();
        long registration = registrar.registered().join();
        boolean remembered = true;
        if (logs.mayLackRecords()) {
            remembered = base.losses().all(registration);
            registrar.update(before -> before.afterLoss(false, registration));
        }
        if (remembered) {
            logs.begin();
        } // or else the next start finds the loss again, however this one ends
    }

    private void awaitReady() {
        if (!await(view.await(cluster -> readiness.waitsFor(cluster).isEmpty()), READY_PATIENCE_MILLIS)) {
            throw new BrokerStartException(
                    "Broker " + id + " still waits for " + readiness.waitsFor().orElse("nothing"),
                    "Look at the log, and whether ZooKeeper works");
        }
    }

    /** Whether {@code event} came in time. */
    private boolean await(CompletableFuture<?> event, long millis) {
        try {
            Object unused = event.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new BrokerStartException("Broker " + id + " cannot start: " + e.getCause(), "Start it again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerStartException("Broker " + id + " was stopped while it started", "Start it again", e);
        }
    }

    /** The broker's id. */
    public int id() {
        return id;
    }

    /** What other brokers connect to, and clients where there is only one listener. */
    public BrokerEndpoint endpoint() {
        return endpoint(config.listeners().interBroker());
    }

    /**
     * What the clients of a listener connect to.
     *
     * @throws NoSuchElementException if no listener of this name is advertised
     */
    public BrokerEndpoint endpoint(String listener) {
        return Optional.ofNullable(endpoints.get(listener)).orElseThrow();
    }

    /** Port of the HTTP endpoint; -1 if there is none. */
    public int httpPort() {
        return httpPort;
    }

    /** The partitions it has. */
    Partitions partitions() {
        return partitions;
    }

    /** What the broker waits for, in a few words; empty while it serves. */
    public Optional<String> waitsFor() {
        return readiness.waitsFor();
    }

    /**
     * Stops: hands over what it leads where others can take it, accepts no more, finishes what is under way, leaves the cluster
     * and closes the logs, so that the next start need not recover them. Returns when all of it is done; again: does
     * nothing.
     */
    @Override
    public void close() {
        readiness.phase("stopping");
        takeDeparture().ifPresent(ControlledShutdown::run);
        parts.close();
    }

    /** How it goes, once it serves: for who cannot wait in {@link #close}, which then waits no more. */
    Optional<ControlledShutdown> takeDeparture() {
        Optional<ControlledShutdown> leave = departure;
        departure = Optional.empty();
        return leave;
    }
}
