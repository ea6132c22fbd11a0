package io.millstream.broker.server;

import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;

/** What a handler answers when the protocol has no answer: a produce request with {@code acks=0}. */
public enum NoAnswer implements ResponseBody {
    /** Nothing is sent. */
    SILENCE,

    /** Nothing is sent and the connection is closed: the only way to tell a client that does not listen. */
    HANG_UP;

    @Override
    public void write(Writer out) {
        throw new IllegalStateException("There is nothing to send");
    }
}
