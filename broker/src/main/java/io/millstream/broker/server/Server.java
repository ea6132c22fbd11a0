package io.millstream.broker.server;

import io.millstream.core.Clock;

/** What all connections of a listener share; safe for use by several threads. */
record Server(
        ServerSettings settings, Dispatcher dispatcher, Clock clock, MemoryBudget memory, OpenConnections connections) {

    static Server of(ServerSettings settings, Dispatcher dispatcher, Clock clock) {
        MemoryBudget memory = new MemoryBudget(settings.requestMemoryBytes());
        return new Server(settings, dispatcher, clock, memory, new OpenConnections());
    }
}
