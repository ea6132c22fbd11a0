package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Fetch, for consumers: answers at once if there is enough, and otherwise when there is or time is up. There are no
 * sessions: each request names its partitions, and a request that goes on in a session is told that there is none.
 */
public final class FetchHandler implements Handler<Fetch.Request> {

    private final Partitions partitions;

    public FetchHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public CompletionStage<Fetch.Response> handle(RequestContext context, Fetch.Request request) {
        if (request.session().id() != Fetch.Session.NONE.id()) {
            return CompletableFuture.completedFuture(
                    new Fetch.Response(0, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, Fetch.Session.NONE.id(), List.of()));
        }
        return new PendingFetch(context, partitions, request).begin();
    }
}
