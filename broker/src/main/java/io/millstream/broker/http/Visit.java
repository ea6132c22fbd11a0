package io.millstream.broker.http;

import io.vertx.core.http.HttpServerRequest;

/** One request that came in, and whether it is settled. For use on the endpoint's event loop, where nothing else is said. */
final class Visit {

    private final Client client;
    private final HttpServerRequest request;
    private final long number;
    private volatile boolean answered;

    Visit(Client client, HttpServerRequest request) {
        this.client = client;
        this.request = request;
        this.number = client.nextRequest();
    }

    Client client() {
        return client;
    }

    HttpServerRequest request() {
        return request;
    }

    /** Whether no later request of this client has begun. */
    boolean isNewest() {
        return client.isAt(number);
    }

    /** Whether it only reads or looks up: then it may be told to come again although it was worked on. */
    boolean canBeRepeated() {
        return switch (request.method().name()) {
            case "DELETE", "PUT" -> false;
            default -> true;
        };
    }

    void answered() {
        answered = true;
    }

    /** Whether nobody waits for an answer any more. May be asked from any thread. */
    boolean isOver() {
        return answered || client.isGone();
    }
}
