package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** A broker as it is, behind doors that a simulator made: nothing of it waits. */
public final class SimulatedBroker implements AutoCloseable {

    private final Broker broker;

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

    /** Does what blocks at once, and the rest as its loops get to it. Completes when the broker has registered. */
    public CompletableFuture<Void> start(Loop loop) {
        try {
            Broker.Base base = broker.prepare();
            return base.groups()
                    .thenComposeAsync(
                            groups -> {
                                try {
                                    return broker.serve(base, groups).registered();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            },
                            loop)
                    .thenRunAsync(broker::startUpkeep, loop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its partitions, to be looked at. */
    public Partitions partitions() {
        return broker.partitions();
    }

    @Override
    public void close() {
        broker.close();
    }
}
