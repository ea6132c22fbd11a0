package io.millstream.broker.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends answers, and keeps count of what clients have not taken yet: many that read nothing must not fill the broker's memory.
 * For use on the endpoint's event loop, where nothing else is said.
 */
final class Answers {

    /** Long answers go out in parts, which are let go as they are taken. */
    private static final int PART = 64 * 1024;

    /** Below that, answers may take as much again as the limit: few notice that others do not read. */
    private static final int SMALL = 4 * 1024;

    private final HttpLimits limits;
    private final Clients clients;
    private final AtomicLong unsent = new AtomicLong();

    Answers(HttpLimits limits, Clients clients) {
        this.limits = limits;
        this.clients = clients;
    }

    /** Whether it makes sense to work on what may come to a long answer. May be asked from any thread. */
    boolean haveRoom() {
        return unsent.get() <= limits.unsentBytes();
    }

    static ApiAnswer busy() {
        return ApiAnswer.refusal(ApiException.unavailable(
                "The registry of this broker is busy: try again in a moment, or ask another broker"));
    }

    /** Answers, unless it was answered before or nobody is there any more. Where there is no room, says so and hangs up. */
    void answer(Visit visit, ApiAnswer answer) {
        HttpServerResponse response = visit.request().response();
        if (visit.isOver() || response.closed()) {
            return;
        }
        visit.answered();
        if (hasRoomFor(visit, answer.body().length)) {
            send(visit, response, answer);
        } else {
            visit.client().endAfterThis();
            send(visit, response, busy());
        }
    }

    private boolean hasRoomFor(Visit visit, int length) {
        long before = unsent.get();
        if (length < SMALL || !visit.canBeRepeated()) {
            return before <= 2 * limits.unsentBytes();
        }
        boolean littleElse = before < limits.unsentBytes() / 4; // then a list may be longer than all is meant to be
        return littleElse || before + length <= limits.unsentBytes();
    }

    private void send(Visit visit, HttpServerResponse response, ApiAnswer answer) {
        byte[] body = answer.body();
        response.setStatusCode(answer.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
                .putHeader("x-content-type-options", "nosniff")
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            response.putHeader(header.getKey(), header.getValue());
        }
        if (visit.client().isLast()) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        boolean head = visit.request().method().equals(HttpMethod.HEAD);
        int length = head ? 0 : body.length; // the body itself must not be held until it is taken
        unsent.addAndGet(length);
        clients.sends(visit.client(), length);
        for (int at = 0; at < length; at += PART) {
            var unused = response.write(Buffer.buffer(Arrays.copyOfRange(body, at, Math.min(at + PART, length))));
        }
        response.end().onComplete(sent -> {
            unsent.addAndGet(-length);
            taken(visit);
        });
    }

    private void taken(Visit visit) {
        Client client = visit.client();
        if (!client.isLast()) {
            if (visit.isNewest()) {
                clients.is(client, Client.Doing.IDLE);
            }
        } else if (visit.request().isEnded()) {
            client.close();
        } else {
            // Who closes while the other still sends takes from him the answer that he has not read.
            clients.is(client, Client.Doing.LINGERING);
            visit.request().endHandler(end -> client.close());
        }
    }
}
