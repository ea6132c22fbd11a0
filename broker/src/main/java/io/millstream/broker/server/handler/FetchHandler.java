package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Fetch, for consumers: answers at once if there is enough, and otherwise when there is or time is up. In a session
 * (KIP-227) requests and answers say only what has changed.
 */
public final class FetchHandler implements Handler<Fetch.Request> {

    private final Partitions partitions;
    private final FetchSessions sessions;

    public FetchHandler(Partitions partitions, FetchSessions sessions) {
        this.partitions = partitions;
        this.sessions = sessions;
    }

    @Override
    public CompletionStage<Fetch.Response> handle(RequestContext context, Fetch.Request request) {
        FetchTurn turn = sessions.take(context, request);
        return turn.refusal() == ErrorCode.NONE
                ? new PendingFetch(context, partitions, turn.request()).begin().thenApply(turn::answer)
                : CompletableFuture.completedFuture(FetchTurn.refusal(turn.refusal()));
    }
}
