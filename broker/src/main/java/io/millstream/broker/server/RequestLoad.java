package io.millstream.broker.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests of all connections that are under way, by the bytes of their frames, because what handlers keep of a
 * request is about as large.
 *
 * <p>While it is too much, each connection has one request under way at a time, and none that is large waits for
 * something. So what is beyond the limit is always about to be answered, and nobody is kept waiting for others.
 *
 * <p>Safe for use by several threads.
 */
final class RequestLoad {

    private final long limit;
    private final AtomicLong bytes = new AtomicLong();

    /** @param limit in bytes */
    RequestLoad(long limit) {
        this.limit = limit;
    }

    void begin(int frameBytes) {
        bytes.addAndGet(frameBytes);
    }

    void end(int frameBytes) {
        bytes.addAndGet(-frameBytes);
    }

    /** Bytes under way. */
    long bytes() {
        return bytes.get();
    }

    /** Whether it is too much. */
    boolean full() {
        return bytes.get() >= limit;
    }
}
