package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.controller.Registrar;
import io.millstream.broker.group.Groups;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.Listening;
import io.millstream.broker.server.ServerSettings;
import io.millstream.coordination.Coordination;
import io.millstream.core.Loop;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** A broker as it is, behind doors that a simulator made: nothing of it waits. */
public final class SimulatedBroker {

    private final Broker broker;
    private Broker.Base base;

    /** The simulator's doors. */
    public record Doors(
            LogEnvironment environment,
            Supplier<Coordination> coordination,
            BiFunction<ServerSettings, Dispatcher, Listening> network,
            Function<ConnectionSettings, Connections> connections) {}

    public SimulatedBroker(BrokerConfig config, Doors doors) {
        broker = new Broker(
                config,
                new World(
                        doors.environment(),
                        ignored -> doors.coordination().get(),
                        doors.network()::apply,
                        doors.connections()));
    }

    /** Does what blocks at once, and the rest as its loops get to it. Completes when the broker serves. */
    public CompletableFuture<Void> start(Loop loop) {
        try {
            base = broker.prepare();
            return base.groups().thenComposeAsync(groups -> join(groups, loop), loop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletableFuture<Void> join(Groups groups, Loop loop) {
        try {
            Registrar registrar = broker.serve(base, groups);
            return registrar
                    .registered()
                    .thenAcceptAsync(registration -> broker.rememberLoss(base, registrar), loop)
                    .thenRunAsync(() -> broker.startUpkeep(base), loop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands over what it leads for as long as it may take, and then stops; {@code stopped} is called last. */
    public void stop(Loop loop, Runnable stopped) {
        Optional<ControlledShutdown> departure = broker.takeDeparture();
        CompletableFuture<Void> gone =
                departure.map(ControlledShutdown::begin).orElseGet(() -> CompletableFuture.completedFuture(null));
        departure.ifPresent(it -> loop.schedule(() -> gone.complete(null), it.patienceMillis(), TimeUnit.MILLISECONDS));
        CompletableFuture<?> unused = gone.whenComplete((done, failure) -> loop.execute(() -> {
            broker.close();
            stopped.run();
        }));
    }

    /** Whether one of its data directories has failed: only a start ends that. */
    public boolean needsStart() {
        return base != null && base.logs().anyOffline();
    }

    /** Its partitions, to be looked at. */
    public Partitions partitions() {
        return broker.partitions();
    }
}
