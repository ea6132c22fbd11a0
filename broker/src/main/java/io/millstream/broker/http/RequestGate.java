package io.millstream.broker.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Lets requests in, one of each connection at a time: a client that sends many at once and reads no answers is not listened
 * to until it does. For use on the endpoint's event loop only.
 */
final class RequestGate {

    private static final String HEALTH = "/health/";

    private final Clients clients;
    private final Handler<HttpServerRequest> health;
    private final RegistryServer registry;

    RequestGate(Clients clients, Handler<HttpServerRequest> health, RegistryServer registry) {
        this.clients = clients;
        this.health = health;
        this.registry = registry;
    }

    void take(HttpServerRequest request) {
        Client client = clients.of(request.connection());
        if (client == null || client.isLast()) {
            return;
        }
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            // It may have come with a length as well, which is no longer there to be seen. Somebody in front of the
            // broker
            // may have gone by that, so what comes next on this connection may be another's request, smuggled (RFC
            // 9112, 6.3).
            client.endAfterThis();
        }
        HttpServerResponse response = request.response();
        if (response.writeQueueFull()) {
            request.pause();
            if (client.doing() != Client.Doing.SENDING) {
                clients.is(client, Client.Doing.SENDING);
            }
            response.drainHandler(drained -> {
                response.drainHandler(null);
                serve(client, request);
                request.resume();
            });
        } else {
            serve(client, request);
        }
    }

    private void serve(Client client, HttpServerRequest request) {
        String path = request.path();
        if (path != null && path.startsWith(HEALTH)) {
            clients.is(client, Client.Doing.SENDING);
            request.response().endHandler(ended -> {
                if (client.isLast()) {
                    client.close();
                } else {
                    clients.is(client, Client.Doing.IDLE);
                }
            });
            health.handle(request);
        } else {
            registry.serve(client, request);
        }
    }
}
