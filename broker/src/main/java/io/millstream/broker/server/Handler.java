package io.millstream.broker.server;

import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import java.util.concurrent.CompletionStage;

/**
 * Answers the requests of one API.
 *
 * <p>Called on the connection's event loop, in the order of the connection's requests; several requests of one
 * connection may be under way at once, and their answers are put in order by the server. A handler must not block:
 * what can, belongs on a worker that completes the stage later, from any thread.
 *
 * <p>Outcomes are error codes in the response. A stage that fails, and an exception thrown here, cost the connection.
 *
 * @param <Q> the request's type
 */
@FunctionalInterface
public interface Handler<Q extends RequestBody> {

    /**
     * Begins to answer.
     *
     * @param context where the request came from; usable until the stage completes
     * @param request payloads in it are slices of the frame, which is released when this method returns: retain what is
     *     needed for longer
     * @return completes with the response, or with a {@link NoAnswer}; never null, never with null. Payloads in the
     *     response belong to the server, which releases them whatever happens to the connection
     */
    CompletionStage<? extends ResponseBody> handle(RequestContext context, Q request);
}
