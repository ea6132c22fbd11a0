package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.Listening;
import io.millstream.broker.server.NetworkServer;
import io.millstream.broker.server.ServerSettings;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import java.io.IOException;
import java.util.function.Function;

/**
 * All doors through which a broker reaches the world, so that a simulator can stand behind each.
 *
 * @param environment disk, time, randomness and threads
 * @param coordination opens a session, and blocks until it stands
 * @param network opens the listeners
 * @param connections to other brokers
 */
record World(
        LogEnvironment environment,
        Function<BrokerConfig, Coordination> coordination,
        Network network,
        Function<ConnectionSettings, Connections> connections) {

    /** Where a broker is asked. */
    @FunctionalInterface
    interface Network {
        /** @throws IOException if an address cannot be bound; the message names it */
        Listening open(ServerSettings settings, Dispatcher dispatcher) throws IOException;
    }

    /** This machine. */
    static World system() {
        LogEnvironment environment = LogEnvironment.system();
        return new World(
                environment,
                config -> ZooKeeperCoordination.connect(
                        config.get(BrokerSettings.ZOOKEEPER_CONNECT),
                        config.get(BrokerSettings.ZOOKEEPER_SESSION_TIMEOUT_MS),
                        config.get(BrokerSettings.ZOOKEEPER_CONNECTION_TIMEOUT_MS),
                        environment.clock()),
                (settings, dispatcher) -> NetworkServer.start(settings, dispatcher, environment.clock()),
                Connections::tcp);
    }
}
