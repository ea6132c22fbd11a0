package io.millstream.broker.server.handler;

import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.List;

/**
 * One fetch request as its session has it: what is to be read, and how much of it the answer tells. Belongs to the
 * connection's event loop.
 */
final class FetchTurn {

    private final ErrorCode refusal;
    private final int id;
    private final FetchSession session;
    private final boolean first;
    private final int next;
    private final Fetch.Request request;

    private FetchTurn(ErrorCode refusal, int id, FetchSession session, boolean first, Fetch.Request request) {
        this.refusal = refusal;
        this.id = id;
        this.session = session;
        this.first = first;
        this.next = session == null ? 0 : session.expectedEpoch();
        this.request = session == null ? request : FetchSessions.with(request, session.queries());
    }

    /** A request outside sessions. */
    static FetchTurn alone(Fetch.Request request) {
        return new FetchTurn(ErrorCode.NONE, Fetch.Session.NONE.id(), null, false, request);
    }

    /** A request that begins a session, and is answered in full. */
    static FetchTurn first(int id, FetchSession session, Fetch.Request request) {
        return new FetchTurn(ErrorCode.NONE, id, session, true, request);
    }

    /** A request that goes on with a session, which has taken it already. */
    static FetchTurn next(int id, FetchSession session, Fetch.Request request) {
        return new FetchTurn(ErrorCode.NONE, id, session, false, request);
    }

    /** A request that no session takes. */
    static FetchTurn refused(ErrorCode refusal) {
        return new FetchTurn(refusal, Fetch.Session.NONE.id(), null, false, null);
    }

    /** Why nothing is to be read; {@link ErrorCode#NONE} if there is something. */
    ErrorCode refusal() {
        return refusal;
    }

    /** What is to be read. */
    Fetch.Request request() {
        return request;
    }

    /** The answer to a request that is refused. */
    static Fetch.Response refusal(ErrorCode error) {
        return new Fetch.Response(0, error, Fetch.Session.NONE.id(), List.of());
    }

    /** Of what was found, the part that is told. */
    Fetch.Response answer(Fetch.Response found) {
        if (session == null) {
            return found;
        }
        if (session.expectedEpoch() != next) { // the client has asked again before this was answered
            found.discard();
            return refusal(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        }
        var news = session.news(found.topics());
        return new Fetch.Response(found.throttleMillis(), found.error(), id, first ? found.topics() : news);
    }
}
