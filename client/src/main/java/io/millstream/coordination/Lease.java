package io.millstream.coordination;

import io.millstream.core.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Whether what was won in a session may still be acted on. A process that was paused wakes up with work at hand before it
 * hears that its session is over and somebody else took its place; asked right before each act, a lease says no.
 *
 * <p>It ends a quarter of the session time-out before the session can: the leader of ZooKeeper hears from a follower
 * which sessions are alive with a delay of up to half a tick (a session time-out is at least two), and two machines' clocks
 * do not run equally fast. It rests on the monotonic clock, which no one sets, but which stands still while a machine sleeps:
 * a lease spares work that would be refused; what must not happen is prevented by a version, see {@link Fence}.
 *
 * <p>Safe for use by several threads; never blocks.
 */
public final class Lease {

    private static final int MARGIN_SHARE = 4;

    private final Coordination coordination;
    private final Clock clock;
    private final long sessionId;

    private Lease(Coordination coordination, Clock clock, long sessionId) {
        this.coordination = coordination;
        this.clock = clock;
        this.sessionId = sessionId;
    }

    /** A lease for what is won in the current session. Take it before winning, not after. */
    public static Lease ofCurrentSession(Coordination coordination, Clock clock) {
        return new Lease(coordination, clock, coordination.sessionId());
    }

    /** The session this lease belongs to. */
    public long sessionId() {
        return sessionId;
    }

    /** Whether the session surely lives. Once its session is over, false for ever. */
    public boolean holds() {
        return remainingNanos() > 0;
    }

    /** For how long at least, in ns; zero or less if it does not hold. */
    public long remainingNanos() {
        long until = coordination.aliveUntilNanos();
        // Asked after the line above: ids do not come back, so the line above spoke of this session too.
        if (sessionId == 0 || coordination.sessionId() != sessionId) {
            return 0;
        }
        long margin = TimeUnit.MILLISECONDS.toNanos(coordination.sessionTimeoutMillis()) / MARGIN_SHARE;
        return until - margin - clock.nanos();
    }
}
