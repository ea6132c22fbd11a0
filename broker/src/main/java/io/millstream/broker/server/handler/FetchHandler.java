package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Entropy;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Fetch: answers at once if there is enough, and otherwise when there is or time is up. In a session (KIP-227) requests and
 * answers say only what has changed. Consumers read what is committed, from the leader or, if they know of such
 * (KIP-392), a follower; followers read all that their leader has.
 */
public final class FetchHandler implements Handler<Fetch.Request> {

    /** First version whose clients know that a follower may serve them. */
    private static final int FOLLOWERS_SINCE = 11;

    private final Partitions partitions;
    private final FetchSessions sessions;
    private final NearestReplica nearest;
    private final FollowerFeeds feeds;

    /**
     * What followers are answered by.
     *
     * @param replicas who may fetch what as a replica
     * @param throttle for what followers take that are not in sync
     * @param entropy for the ids of their sessions
     */
    public record ForFollowers(Replicas replicas, ReplicationThrottle throttle, Entropy entropy) {}

    public FetchHandler(Partitions partitions, FetchSessions sessions, NearestReplica nearest, ForFollowers followers) {
        this.partitions = partitions;
        this.sessions = sessions;
        this.nearest = nearest;
        this.feeds = new FollowerFeeds(
                new FollowerFeeds.Source(partitions, followers.replicas(), followers.throttle()), followers.entropy());
    }

    @Override
    public CompletionStage<Fetch.Response> handle(RequestContext context, Fetch.Request request) {
        if (request.replicaId() >= 0) {
            return feeds.answer(context, request);
        }
        FetchTurn turn = sessions.take(context, request);
        if (turn.refusal() != ErrorCode.NONE) {
            return CompletableFuture.completedFuture(FetchTurn.refusal(turn.refusal()));
        }
        boolean followers = context.version() >= FOLLOWERS_SINCE;
        FetchAttempt.Reads reads = new FetchAttempt.Reads(partitions, nearest, followers);
        return new PendingFetch(context, reads, turn.request()).begin().thenApply(turn::answer);
    }
}
