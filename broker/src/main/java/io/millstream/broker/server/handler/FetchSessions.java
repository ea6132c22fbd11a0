package io.millstream.broker.server.handler;

import io.millstream.broker.server.Attachments;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Entropy;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The fetch sessions of all connections (KIP-227), a bounded number and a bounded memory of them. Who gets none is told
 * session 0 and goes on with full requests.
 *
 * <p>A session belongs to the connection that began it, which has at most one: it ends with the connection, and its id is
 * worth nothing on another. Safe for use by several threads; a session itself belongs to its connection's event loop.
 */
public final class FetchSessions {

    /** A session that has not been used for so long gives way to any other, and one so old to a larger one. */
    static final long AGE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final int slots;
    private final long mostBytes;
    private final Entropy entropy;

    private final Object lock = new Object();
    private final Map<Integer, Open> sessions = new HashMap<>(); // guarded by lock, as what they cost is
    private long bytes;

    /** One connection's session while it has a place here. */
    private final class Open implements Attachments.Attachment {

        private final int id;
        private final FetchSession session;
        private final long begunNanos;
        private long usedNanos;
        private long cost;
        private int size;

        private Open(int id, FetchSession session, long nowNanos) {
            this.id = id;
            this.session = session;
            begunNanos = nowNanos;
            used(nowNanos);
        }

        private void used(long nowNanos) {
            usedNanos = nowNanos;
            bytes += session.sizeInBytes() - cost;
            cost = session.sizeInBytes();
            size = session.size();
        }

        @Override
        public void detached() {
            synchronized (lock) {
                evict(this);
            }
        }
    }

    /** @param slots {@code max.incremental.fetch.session.cache.slots} */
    public FetchSessions(int slots, Entropy entropy) {
        this(slots, MOST_BYTES, entropy);
    }

    FetchSessions(int slots, long mostBytes, Entropy entropy) {
        this.slots = slots;
        this.mostBytes = mostBytes;
        this.entropy = entropy;
    }

    /** How many sessions there are. */
    int size() {
        synchronized (lock) {
            return sessions.size();
        }
    }

    /** About what they cost in memory. */
    long sizeInBytes() {
        synchronized (lock) {
            return bytes;
        }
    }

    /** Takes a request into its session, which it may begin, go on with or end. */
    FetchTurn take(RequestContext context, Fetch.Request request) {
        Fetch.Session asked = request.session();
        if (asked.epoch() == Fetch.Session.FINAL_EPOCH || asked.epoch() == Fetch.Session.INITIAL_EPOCH) {
            find(context, asked.id()).ifPresent(open -> context.attachments().detach(Open.class));
            return asked.epoch() == Fetch.Session.FINAL_EPOCH ? FetchTurn.alone(request) : begin(context, request);
        }
        return goOn(context, request);
    }

    private FetchTurn begin(RequestContext context, Fetch.Request request) {
        FetchSession session = new FetchSession(request.topics());
        context.attachments().detach(Open.class);
        Optional<Open> open = session.size() == 0
                ? Optional.empty()
                : open(session, context.clock().nanos());
        if (open.isEmpty()) {
            return FetchTurn.alone(request);
        }
        context.attachments().attach(open.get());
        return FetchTurn.first(open.get().id, session, request);
    }

    private FetchTurn goOn(RequestContext context, Fetch.Request request) {
        Optional<Open> found = find(context, request.session().id());
        if (found.isEmpty()) {
            return FetchTurn.refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        }
        Open open = found.get();
        if (request.session().epoch() != open.session.expectedEpoch()) {
            return FetchTurn.refused(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        }
        open.session.update(request.topics(), request.session().forgotten());
        if (open.session.size() == 0) {
            context.attachments().detach(Open.class);
            return FetchTurn.alone(with(request, List.of()));
        }
        if (!keep(open, context.clock().nanos())) {
            context.attachments().detach(Open.class);
            return FetchTurn.refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        }
        open.session.advance();
        return FetchTurn.next(open.id, open.session, request);
    }

    /** The request as if it asked for {@code topics}. */
    static Fetch.Request with(Fetch.Request request, List<ByTopic<Fetch.Query>> topics) {
        return new Fetch.Request(
                request.replicaId(),
                request.bounds(),
                request.isolation(),
                request.session(),
                topics,
                request.rackId());
    }

    /** The connection's session, if it has this id and its place is not taken. */
    private Optional<Open> find(RequestContext context, int id) {
        return context.attachments().find(Open.class).filter(open -> {
            synchronized (lock) {
                return open.id == id && sessions.get(id) == open;
            }
        });
    }

    private Optional<Open> open(FetchSession session, long nowNanos) {
        synchronized (lock) {
            while (sessions.size() >= slots || bytes + session.sizeInBytes() > mostBytes) {
                if (!makeRoom(session, nowNanos)) {
                    return Optional.empty();
                }
            }
            Open open = new Open(freeId(), session, nowNanos);
            sessions.put(open.id, open);
            return Optional.of(open);
        }
    }

    /** Whether a session that has grown may stay. */
    private boolean keep(Open open, long nowNanos) {
        synchronized (lock) {
            open.used(nowNanos);
            return bytes <= mostBytes;
        }
    }

    /** Whether a session has given way to {@code session}. */
    private boolean makeRoom(FetchSession session, long nowNanos) {
        Optional<Open> unused = sessions.values().stream()
                .min(Comparator.comparingLong(open -> open.usedNanos - nowNanos))
                .filter(open -> nowNanos - open.usedNanos > AGE_NANOS);
        Optional<Open> smaller = unused.isPresent()
                ? unused
                : sessions.values().stream()
                        .filter(open -> nowNanos - open.begunNanos > AGE_NANOS)
                        .min(Comparator.comparingInt(open -> open.size))
                        .filter(open -> open.size < session.size());
        smaller.ifPresent(this::evict);
        return smaller.isPresent();
    }

    private void evict(Open open) {
        if (sessions.remove(open.id, open)) {
            bytes -= open.cost;
        }
    }

    private int freeId() {
        int id;
        do {
            id = 1 + entropy.nextInt(Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        return id;
    }
}
