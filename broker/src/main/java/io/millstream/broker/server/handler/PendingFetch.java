package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Patience;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Loop;
import io.millstream.wire.message.Fetch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One fetch request until its answer. Belongs to the connection's event loop; wherever a partition moves, looking again
 * is left to that loop.
 */
final class PendingFetch {

    private final RequestContext context;
    private final FetchAttempt.Reads reads;
    private final Fetch.Request request;
    private final CompletableFuture<Fetch.Response> answer = new CompletableFuture<>();
    private Loop.Timer timer;
    private Patience patience;

    PendingFetch(RequestContext context, FetchAttempt.Reads reads, Fetch.Request request) {
        this.context = context;
        this.reads = reads;
        this.request = request;
    }

    CompletableFuture<Fetch.Response> begin() {
        FetchAttempt attempt = FetchAttempt.read(reads, request);
        if (attempt.enough() || request.bounds().maxWaitMillis() <= 0 || !context.mayWait()) {
            answer.complete(attempt.response());
            return answer;
        }
        timer = context.loop().schedule(this::giveUp, request.bounds().maxWaitMillis(), TimeUnit.MILLISECONDS);
        await(attempt);
        context.onAbandon(() -> {
            timer.cancel();
            patience.cancel();
        });
        context.onHurry(this::hurry);
        return answer;
    }

    private void await(FetchAttempt attempt) {
        attempt.release();
        patience = new Patience(context.loop(), this::lookAgain);
        for (FetchAttempt.Seen seen : attempt.seen()) {
            Partition partition = seen.partition();
            patience.await(wake -> partition.await(seen.role(), seen.highWatermark(), wake));
        }
    }

    private void lookAgain() {
        orFail(() -> {
            FetchAttempt attempt = FetchAttempt.read(reads, request);
            if (attempt.enough()) {
                timer.cancel();
                answer.complete(attempt.response());
            } else {
                await(attempt);
            }
        });
    }

    private void hurry() {
        timer.cancel();
        if (!answer.isDone()) {
            giveUp();
        }
    }

    private void giveUp() {
        patience.cancel();
        orFail(() -> answer.complete(FetchAttempt.read(reads, request).response()));
    }

    private void orFail(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | OutOfMemoryError e) { // whoever waits must hear of it
            answer.completeExceptionally(e);
        }
    }
}
