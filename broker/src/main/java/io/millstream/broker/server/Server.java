package io.millstream.broker.server;

import io.millstream.core.Clock;

/** What all connections share; safe for use by several threads. */
record Server(ServerSettings settings, Dispatcher dispatcher, Clock clock, Shared shared) {

    /**
     * What connections have together.
     *
     * @param memory of frames that are not complete
     * @param load requests under way
     * @param admission who may connect
     * @param connections those that are open
     */
    record Shared(MemoryBudget memory, RequestLoad load, Admission admission, OpenConnections connections) {}

    static Server of(ServerSettings settings, Dispatcher dispatcher, Clock clock) {
        Shared shared = new Shared(
                new MemoryBudget(settings.requestMemoryBytes()),
                new RequestLoad(settings.requestMemoryBytes()),
                new Admission(settings.limits()),
                new OpenConnections());
        return new Server(settings, dispatcher, clock, shared);
    }

    MemoryBudget memory() {
        return shared.memory();
    }

    RequestLoad load() {
        return shared.load();
    }

    OpenConnections connections() {
        return shared.connections();
    }
}
