package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import io.millstream.wire.ApiKey;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One TCP connection to a broker, open and with its versions negotiated. Requests go out in the order of the calls, and
 * a broker answers them in that order.
 *
 * <p>Safe for use by several threads. Nothing here blocks. Futures complete on the connection's event loop: what is
 * chained to them must not block. They fail with {@link ConnectionException}, and only with that.
 */
public interface Connection extends AutoCloseable {

    /** Whom this connection was opened to. */
    BrokerEndpoint endpoint();

    /** Whether the broker has a version of {@code api} in common with this client. */
    boolean speaks(ApiKey api);

    /**
     * The version in which {@code api} is spoken on this connection: the highest that both sides have.
     *
     * @throws ConnectionException ({@link ConnectionException.Reason#UNSUPPORTED}) naming both ranges if there is none
     */
    short version(ApiKey api);

    /**
     * Sends a request in the version negotiated for its API, with the default time-out.
     *
     * <p>The payloads in {@code request} are given away: each is released once, when its bytes have been written or can no
     * longer be, whatever the outcome. Record data in the response lies in heap memory that is not reference counted, so it
     * may be kept. A request that is never answered (Produce with {@code acks=0}) cannot be sent.
     *
     * @param type the response record that belongs to the request
     */
    <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type);

    /**
     * Sends a request as above with a time-out of its own. A request that is not answered in time closes the connection,
     * because answers that come later would be taken for those of other requests.
     */
    <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type, Duration timeout);

    /**
     * Offers the memory of record data that came on this connection, for later answers to this client: large answers are better read into
     * memory that is there than into new. Not doing so costs nothing else.
     *
     * @param records as they lay in the response; neither they nor anything else of that response may be used after this, or
     *     given back again
     */
    default void giveBack(ByteBuf records) {}

    /** Whether requests can still be sent. A true answer may be outdated already. */
    boolean isOpen();

    /** Completes, with nothing, when the connection has ended for whatever reason. Never fails. */
    CompletableFuture<Void> closed();

    /** Ends the connection; requests without an answer fail. Does nothing the second time. Does not wait. */
    @Override
    void close();
}
