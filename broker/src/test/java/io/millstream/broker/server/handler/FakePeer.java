package io.millstream.broker.server.handler;

import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;

/** A connection without a network, for fetches that are answered at once. */
final class FakePeer extends TestRequest {

    private final Clock clock;
    boolean mayWait = true;

    FakePeer(Clock clock) {
        super(ApiKey.FETCH);
        this.clock = clock;
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
