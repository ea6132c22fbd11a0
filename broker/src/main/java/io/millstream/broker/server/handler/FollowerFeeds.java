package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Entropy;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers the fetches of followers, each connection's in one incremental session (KIP-227). Unlike those of consumers, these
 * need no place among a bounded number: a session holds only partitions of which the asking broker has a replica. Safe for
 * use by several threads.
 */
final class FollowerFeeds {

    private final Source source;
    private final Entropy entropy;

    /**
     * What feeds are made from.
     *
     * @param replicas who may fetch what as a replica
     * @param throttle for what followers take that are not in sync
     */
    record Source(Partitions partitions, Replicas replicas, ReplicationThrottle throttle) {}

    FollowerFeeds(Source source, Entropy entropy) {
        this.source = source;
        this.entropy = entropy;
    }

    CompletionStage<Fetch.Response> answer(RequestContext context, Fetch.Request request) {
        Optional<FollowerFeed> open = context.attachments().find(FollowerFeed.class);
        open.ifPresent(FollowerFeed::hurry);
        Optional<ReplicaId> replica = source.replicas().registered(request.replicaId());
        if (replica.isEmpty()) {
            return refused(ErrorCode.CLUSTER_AUTHORIZATION_FAILED);
        }
        Fetch.Session asked = request.session();
        if (asked.epoch() == Fetch.Session.FINAL_EPOCH) {
            context.attachments().detach(FollowerFeed.class);
            FollowerFeed once = new FollowerFeed(source, context, replica.get(), Fetch.Session.NONE.id());
            return once.answer(context, request).whenComplete((response, failure) -> once.detached());
        }
        if (asked.epoch() == Fetch.Session.INITIAL_EPOCH) {
            int id = 1 + entropy.nextInt(Integer.MAX_VALUE);
            FollowerFeed fresh = new FollowerFeed(source, context, replica.get(), id);
            context.attachments().attach(fresh);
            return fresh.answer(context, request);
        }
        // What a follower said under another registration it may not have any more.
        if (open.isEmpty()
                || open.get().id() != asked.id()
                || !open.get().replica().equals(replica.get())) {
            return refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        }
        return open.get().expectedEpoch() == asked.epoch()
                ? open.get().answer(context, request)
                : refused(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    }

    private static CompletionStage<Fetch.Response> refused(ErrorCode error) {
        return CompletableFuture.completedFuture(FetchTurn.refusal(error));
    }
}
