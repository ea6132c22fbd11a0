package io.millstream.broker.server.handler;

import io.millstream.broker.server.Attachments;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import java.net.InetSocketAddress;

/** A connection without a network, for fetches that are answered at once. */
final class FakePeer implements RequestContext {

    private final Attachments attachments = new Attachments();
    private final Clock clock;
    boolean mayWait = true;

    FakePeer(Clock clock) {
        this.clock = clock;
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    @Override
    public short version() {
        return ApiKey.FETCH.max();
    }

    @Override
    public String clientId() {
        return null;
    }

    @Override
    public String listener() {
        return "PLAINTEXT";
    }

    @Override
    public InetSocketAddress peer() {
        return InetSocketAddress.createUnresolved("test", 1);
    }

    @Override
    public Loop loop() {
        throw new AssertionError("Nothing is put off");
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Attachments attachments() {
        return attachments;
    }

    @Override
    public boolean mayWait() {
        return mayWait;
    }

    @Override
    public void onAbandon(Runnable task) {
        throw new AssertionError("Nothing is called off");
    }

    @Override
    public void onHurry(Runnable task) {
        throw new AssertionError("Nothing waits");
    }
}
