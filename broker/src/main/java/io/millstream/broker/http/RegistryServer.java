package io.millstream.broker.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
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

    private final Vertx vertx;
    private final HttpLimits limits;
    private final Clients clients;
    private final Supplier<Optional<RegistryApi>> registry;
    private final WorkerExecutor workers;
    private final BodyIntake intake;
    private final Answers answers;
    private int underWay;

    /** @param registry empty while the broker starts. Must be quick */
    RegistryServer(Vertx vertx, HttpLimits limits, Clients clients, Supplier<Optional<RegistryApi>> registry) {
        this.vertx = vertx;
        this.limits = limits;
        this.clients = clients;
        this.registry = registry;
        this.workers = vertx.createSharedWorkerExecutor(
                "millstream-schema-registry", limits.workers(), BUSY_MINUTES, TimeUnit.MINUTES);
        this.intake = new BodyIntake(limits);
        this.answers = new Answers(limits, clients);
    }

    void serve(Client client, HttpServerRequest request) {
        Visit visit = new Visit(client, request);
        clients.is(client, Client.Doing.RECEIVING);
        intake.receive(
                request,
                body -> {
                    clients.is(client, Client.Doing.WAITING);
                    begin(visit, body);
                },
                refusal -> {
                    client.endAfterThis();
                    answers.answer(visit, ApiAnswer.refusal(refusal));
                });
    }

    private void begin(Visit visit, byte[] body) {
        Step step = step(visit.request(), body);
        if (step instanceof Step.Work work) {
            work(visit, body, work.work());
        } else if (step instanceof Step.Answered answered) {
            intake.done(body);
            answers.answer(visit, answered.answer());
        }
    }

    /** Never fails, not even where the registry cannot be made: whoever asks is answered, and his body let go. */
    private Step step(HttpServerRequest request, byte[] body) {
        try {
            Optional<RegistryApi> api = registry.get();
            if (api.isEmpty()) {
                String why = "The broker is starting: try again in a moment";
                return new Step.Answered(ApiAnswer.refusal(ApiException.unavailable(why)));
            }
            return api.get().begin(apiRequest(request, body));
        } catch (RuntimeException | Error e) {
            return new Step.Answered(failed(e));
        }
    }

    private static ApiAnswer failed(Throwable cause) {
        log.error("A request to the schema registry failed", cause);
        return ApiAnswer.refusal(new ApiException(500, 500, "Internal Server Error: the broker's log has the reason"));
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
        if (underWay >= limits.workers() + limits.waiting() || !hasRoom(visit)) {
            intake.done(body);
            answers.answer(visit, Answers.busy());
            return;
        }
        underWay++;
        // A change may be made all the same, as with any answer that got lost: whoever repeats it is told how it
        // stands.
        long late = vertx.setTimer(limits.answerMillis(), timer -> answers.answer(visit, timedOut()));
        begun(visit, work).onComplete(result -> {
            vertx.cancelTimer(late);
            underWay--;
            intake.done(body);
            answers.answer(visit, result.succeeded() ? result.result() : failed(result.cause()));
        });
    }

    private static ApiAnswer timedOut() {
        return ApiAnswer.refusal(new ApiException(
                500, 50002, "The registry did not get an answer from ZooKeeper in time: see whether ZooKeeper works"));
    }

    private Future<ApiAnswer> begun(Visit visit, Supplier<ApiAnswer> work) {
        try {
            return workers.executeBlocking(() -> whileWaitedFor(visit, work), false);
        } catch (RejectedExecutionException stopping) {
            return Future.succeededFuture(ApiAnswer.refusal(ApiException.unavailable("The broker is stopping")));
        }
    }

    /** On a worker, perhaps long after the request came. */
    private ApiAnswer whileWaitedFor(Visit visit, Supplier<ApiAnswer> work) {
        return visit.isOver() || !hasRoom(visit) ? Answers.busy() : work.get();
    }

    /** What changes something is answered briefly: that clients do not read what they asked for keeps nobody from it. */
    private boolean hasRoom(Visit visit) {
        HttpMethod method = visit.request().method();
        return !(method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) || answers.haveRoom();
    }
}
