package io.millstream.broker.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks after one connection from time to time: closes it when nothing has happened for long, or when a frame that has
 * begun does not end. Belongs to the connection's event loop.
 */
final class ConnectionWatch {

    /** A frame that has begun must be complete after this, as long as we read. */
    private static final long FRAME_PATIENCE_MILLIS = 120_000;

    private static final long SLOWEST_MILLIS = 5_000;

    private final ConnectionHandler connection;
    private final Server server;
    private final long framePatienceMillis;
    private ScheduledFuture<?> ticking;
    private boolean traffic;
    private long quietSince;
    private long frame;
    private long frameSince;

    ConnectionWatch(ConnectionHandler connection, Server server) {
        this.connection = connection;
        this.server = server;
        framePatienceMillis = Math.min(FRAME_PATIENCE_MILLIS, server.settings().maxIdleMillis());
    }

    void begin(EventLoop loop) {
        quietSince = server.clock().nanos();
        frameSince = quietSince;
        long period = Math.max(1, Math.min(SLOWEST_MILLIS, server.settings().maxIdleMillis() / 4));
        ticking = loop.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
    }

    /** Says that bytes have come or gone. */
    void traffic() {
        traffic = true;
    }

    void end() {
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    private void tick() {
        long now = server.clock().nanos();
        if (traffic || connection.unanswered()) {
            traffic = false;
            quietSince = now;
        }
        if (!connection.midFrame() || connection.framesBegun() != frame) {
            frame = connection.framesBegun();
            frameSince = now;
        }
        if (millis(now - quietSince) >= server.settings().maxIdleMillis()) {
            connection.hangUp();
        } else if (millis(now - frameSince) >= framePatienceMillis) {
            connection.refuse("a frame was not complete after " + framePatienceMillis + " ms");
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
