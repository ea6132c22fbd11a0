package io.millstream.hadoop.output;

import io.millstream.coordination.Lease;
import io.millstream.core.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Looks at a publication's record every few seconds, because somebody may give it up or finish it, and at once when its session
 * may have been over in between, because then anything may have happened.
 */
final class WhileOpen implements NumberedSends.StillOpen {

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final OutputSession session;
    private final String publication;
    private final Clock clock;
    private Lease lease; // guarded by this
    private long lookedNanos; // guarded by this

    /** From now on, while it is open. */
    WhileOpen(OutputSession session, String publication) {
        this.session = session;
        this.publication = publication;
        this.clock = session.doors().clock();
        this.lease = Lease.ofCurrentSession(session.coordination(), clock);
        this.lookedNanos = clock.nanos() - LOOK_NANOS - 1; // what is known of it may be old
    }

    @Override
    public synchronized boolean ensure() {
        boolean held = lease.holds();
        if (held && clock.nanos() - lookedNanos <= LOOK_NANOS) {
            return true;
        }
        Lease fresh = Lease.ofCurrentSession(session.coordination(), clock);
        long now = clock.nanos();
        boolean open = session.register()
                .read(publication)
                .filter(each -> each.value().isOpen())
                .isPresent();
        if (!open) {
            throw new NumberedSends.Finished();
        }
        lease = fresh;
        lookedNanos = now;
        return held;
    }
}
