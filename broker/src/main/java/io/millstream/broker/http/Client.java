package io.millstream.broker.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/** One connection and what it is at. For use on the endpoint's event loop only. */
final class Client {

    /** What a connection is at; each may last for a while of its own. */
    enum Doing {
        /** Nothing, or the beginning of a request: that cannot be told apart. */
        IDLE,
        /** A request's body comes in. */
        RECEIVING,
        /** A request is worked on, or waits for that: it takes as long as it takes. */
        WAITING,
        /** An answer goes out. */
        SENDING,
        /** An answer went out ahead of the rest of its request, which nobody wants. */
        LINGERING
    }

    private final HttpConnection connection;
    private Doing doing = Doing.IDLE;
    private long sinceTick;
    private long patienceMillis;
    private long request;
    private boolean last;
    private volatile boolean gone;

    Client(HttpConnection connection, long tick, long patienceMillis) {
        this.connection = connection;
        this.sinceTick = tick;
        this.patienceMillis = patienceMillis;
    }

    /** @param patienceMillis how long that may last */
    void is(Doing now, long tick, long patienceMillis) {
        doing = now;
        sinceTick = tick;
        this.patienceMillis = patienceMillis;
    }

    HttpConnection connection() {
        return connection;
    }

    Doing doing() {
        return doing;
    }

    long sinceTick() {
        return sinceTick;
    }

    long patienceMillis() {
        return patienceMillis;
    }

    /** Counts one more request; what belongs to an earlier one changes nothing from now on. */
    long nextRequest() {
        return ++request;
    }

    boolean isAt(long number) {
        return request == number;
    }

    /** The request that is under way is the last: what comes after it is not looked at. */
    void endAfterThis() {
        last = true;
    }

    boolean isLast() {
        return last;
    }

    /** Whether the connection is closed. May be asked from any thread. */
    boolean isGone() {
        return gone;
    }

    void left() {
        gone = true;
    }

    /** Closes once what was answered is taken. */
    void close() {
        var unused = connection.close();
    }

    /** Closes at once: what was answered and not taken yet is let go. */
    void cutOff() {
        if (connection instanceof HttpServerConnection server) {
            var unused = server.channelHandlerContext().close(); // not the channel: that waits for its reader
        } else {
            close();
        }
    }
}
