package io.millstream.broker.server;

import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseHeader;
import java.net.InetSocketAddress;

/** One request under way, from its frame to the last byte of its answer. Belongs to the connection's event loop. */
final class Exchange implements RequestContext {

    /** A request of so few bytes may wait whatever others hold. */
    private static final int SMALL_BYTES = 8 * 1024;

    private final RequestHeader header;
    private final ApiKey api;
    private final int frameBytes;
    private final Connected connection;
    private Runnable abandon;
    private Runnable hurry;
    private boolean over;
    private boolean hurried;

    /**
     * The connection as its requests see it.
     *
     * @param load requests of all connections
     * @param listener name of the listener that it came in by
     * @param peer the other end
     * @param loop the connection's event loop
     */
    record Connected(
            RequestLoad load,
            String listener,
            InetSocketAddress peer,
            Loop loop,
            Clock clock,
            Attachments attachments) {}

    Exchange(Connected connection, RequestHeader header, ApiKey api, int frameBytes) {
        this.connection = connection;
        this.header = header;
        this.api = api;
        this.frameBytes = frameBytes;
    }

    @Override
    public ApiKey api() {
        return api;
    }

    @Override
    public short version() {
        return header.version();
    }

    @Override
    public String clientId() {
        return header.clientId();
    }

    @Override
    public String listener() {
        return connection.listener();
    }

    @Override
    public InetSocketAddress peer() {
        return connection.peer();
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    @Override
    public Clock clock() {
        return connection.clock();
    }

    @Override
    public Attachments attachments() {
        return connection.attachments();
    }

    @Override
    public boolean mayWait() {
        return frameBytes <= SMALL_BYTES || !connection.load().full();
    }

    @Override
    public void onAbandon(Runnable task) {
        if (over) {
            task.run();
        } else {
            abandon = task;
        }
    }

    int frameBytes() {
        return frameBytes;
    }

    ResponseHeader responseHeader() {
        return new ResponseHeader(header.correlationId());
    }

    @Override
    public void onHurry(Runnable task) {
        if (hurried) {
            task.run();
        } else {
            hurry = task;
        }
    }

    /** Says that the handler has answered; there is nothing to abandon or to hurry any more. */
    void answered() {
        abandon = null;
        hurry = null;
    }

    /** Says that the broker stops. */
    void hurry() {
        hurried = true;
        if (hurry != null) {
            Runnable task = hurry;
            hurry = null;
            task.run();
        }
    }

    /** Says that nobody waits for the answer. */
    void abandon() {
        over = true;
        hurry = null;
        if (abandon != null) {
            Runnable task = abandon;
            abandon = null;
            task.run();
        }
    }
}
