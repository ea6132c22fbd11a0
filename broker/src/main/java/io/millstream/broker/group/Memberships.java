package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What members ask of a shard. Lives on the shard's loop. */
final class Memberships {

    private static final Logger log = LoggerFactory.getLogger(Memberships.class);

    private final Shard shard;

    Memberships(Shard shard) {
        this.shard = shard;
    }

    CompletableFuture<Joined> join(String id, Join join) {
        boolean reserved = shard.isReserved(
                id,
                reason -> log.warn(
                        "A consumer ({}, {}) cannot join group {}: it belongs to {}; give the consumer another group.id",
                        join.client().id(),
                        join.client().host(),
                        id,
                        reason));
        if (reserved) {
            return done(Joined.refused(ErrorCode.INVALID_GROUP_ID, join.memberId()));
        }
        if (shard.group(id).isEmpty() && !join.memberId().isEmpty()) {
            return done(Joined.refused(ErrorCode.UNKNOWN_MEMBER_ID, join.memberId()));
        }
        if (shard.groupOrNew(id).isEmpty()) {
            shard.store().forget(id); // others may have written while there were no members
        }
        Ticket<Joined> ticket = new Ticket<>();
        shard.happen(id, group -> group.join(ticket, join, now()));
        return ticket.answer();
    }

    CompletableFuture<Synced> sync(String id, Sync sync) {
        if (shard.group(id).isEmpty()) {
            return done(Synced.refused(ErrorCode.UNKNOWN_MEMBER_ID));
        }
        Ticket<Synced> ticket = new Ticket<>();
        shard.happen(id, group -> group.sync(ticket, sync, now()));
        return ticket.answer();
    }

    CompletableFuture<ErrorCode> heartbeat(String id, Caller caller) {
        return done(shard.group(id).map(group -> group.heartbeat(caller, now())).orElse(ErrorCode.UNKNOWN_MEMBER_ID));
    }

    CompletableFuture<Left> leave(String id, List<Leaving> leaving) {
        if (shard.group(id).isEmpty()) {
            return done(new Left(
                    ErrorCode.NONE,
                    leaving.stream()
                            .map(each -> new Left.Entry(each, ErrorCode.UNKNOWN_MEMBER_ID))
                            .toList()));
        }
        Ticket<Left> ticket = new Ticket<>();
        shard.happen(id, group -> group.leave(ticket, leaving, now()));
        return ticket.answer();
    }

    private long now() {
        return shard.environment().now();
    }

    private static <T> CompletableFuture<T> done(T answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
