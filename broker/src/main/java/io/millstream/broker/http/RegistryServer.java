package io.millstream.broker.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests over HTTP reach a {@link RegistryApi}. What may block runs on a few workers, before which few can wait; the
 * event loop, which calls all of this, never waits.
 */
final class RegistryServer {

    private static final Logger log = LoggerFactory.getLogger(RegistryServer.class);

    /** Vert.x complains of workers that are busy for longer: ZooKeeper can be away for longer than it likes. */
    private static final long BUSY_MINUTES = 10;

    /** Long answers go out in parts, so that it shows whether a client takes any of it. */
    private static final int PART = 64 * 1024;

    private final HttpLimits limits;
    private final Clients clients;
    private final Supplier<Optional<RegistryApi>> registry;
    private final WorkerExecutor workers;
    private final BodyIntake intake;
    private int underWay;
    private long unsent;

    /** @param registry empty while the broker starts. Must be quick */
    RegistryServer(Vertx vertx, HttpLimits limits, Clients clients, Supplier<Optional<RegistryApi>> registry) {
        this.limits = limits;
        this.clients = clients;
        this.registry = registry;
        this.workers = vertx.createSharedWorkerExecutor(
                "millstream-schema-registry", limits.workers(), BUSY_MINUTES, TimeUnit.MINUTES);
        this.intake = new BodyIntake(limits);
    }

    /** One request that came in. */
    private record Visit(Client client, HttpServerRequest request, long number) {}

    void serve(Client client, HttpServerRequest request) {
        Visit visit = new Visit(client, request, client.nextRequest());
        clients.is(client, Client.Doing.RECEIVING);
        intake.receive(
                request,
                body -> {
                    clients.is(client, Client.Doing.WAITING);
                    begin(visit, body);
                },
                refusal -> {
                    client.endAfterThis();
                    answer(visit, ApiAnswer.refusal(refusal));
                });
    }

    private void begin(Visit visit, byte[] body) {
        Optional<RegistryApi> api = registry.get();
        if (api.isEmpty()) {
            intake.done(body);
            answer(visit, ApiAnswer.refusal(ApiException.unavailable("The broker is starting: try again in a moment")));
            return;
        }
        Step step = api.get().begin(apiRequest(visit.request, body));
        if (step instanceof Step.Work work) {
            work(visit, body, work.work());
        } else if (step instanceof Step.Answered answered) {
            intake.done(body);
            answer(visit, answered.answer());
        }
    }

    private static ApiRequest apiRequest(HttpServerRequest request, byte[] body) {
        String accept = String.join(",", request.headers().getAll(HttpHeaders.ACCEPT));
        return new ApiRequest(
                request.method().name(),
                request.path(),
                request.query(),
                accept,
                request.getHeader(HttpHeaders.CONTENT_TYPE),
                body);
    }

    private void work(Visit visit, byte[] body, Supplier<ApiAnswer> work) {
        if (underWay >= limits.workers() + limits.waiting() || unsent > limits.unsentBytes()) {
            intake.done(body);
            String why = "The registry of this broker is busy: try again in a moment, or ask another broker";
            answer(visit, ApiAnswer.refusal(ApiException.unavailable(why)));
            return;
        }
        underWay++;
        begun(visit, work).onComplete(result -> {
            underWay--;
            intake.done(body);
            if (result.succeeded()) {
                answer(visit, result.result());
            } else {
                log.error("A request to the schema registry failed", result.cause());
                answer(visit, ApiAnswer.refusal(new ApiException(500, 500, "Internal Server Error")));
            }
        });
    }

    private Future<ApiAnswer> begun(Visit visit, Supplier<ApiAnswer> work) {
        try {
            return workers.executeBlocking(() -> visit.client.isGone() ? null : work.get(), false);
        } catch (RejectedExecutionException stopping) {
            return Future.succeededFuture(ApiAnswer.refusal(ApiException.unavailable("The broker is stopping")));
        }
    }

    private void answer(Visit visit, ApiAnswer answer) {
        HttpServerResponse response = visit.request.response();
        if (visit.client.isGone() || response.closed()) {
            return;
        }
        boolean last = visit.client.isLast();
        clients.is(visit.client, last ? Client.Doing.LINGERING : Client.Doing.SENDING);
        response.setStatusCode(answer.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
                .putHeader("x-content-type-options", "nosniff");
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            response.putHeader(header.getKey(), header.getValue());
        }
        if (last) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        send(visit, response, answer.body());
    }

    private void send(Visit visit, HttpServerResponse response, byte[] body) {
        boolean head = visit.request.method().equals(HttpMethod.HEAD);
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        unsent += body.length;
        if (!head) {
            for (int at = 0; at < body.length; at += PART) {
                var unused =
                        response.write(Buffer.buffer(Arrays.copyOfRange(body, at, Math.min(at + PART, body.length))));
            }
        }
        response.end().onComplete(sent -> {
            unsent -= body.length;
            if (visit.client.isLast()) {
                closeWhenRead(visit);
            } else if (visit.client.isAt(visit.number)) {
                clients.is(visit.client, Client.Doing.IDLE);
            }
        });
    }

    /** Who closes while the other still sends takes from him the answer that he has not read. */
    private void closeWhenRead(Visit visit) {
        if (visit.request.isEnded()) {
            visit.client.close();
        } else {
            visit.request.endHandler(end -> visit.client.close());
        }
    }
}
