package io.millstream.hadoop.output;

import io.millstream.coordination.Lease;
import io.millstream.coordination.Versioned;
import io.millstream.core.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Looks at a publication's record every few seconds, because somebody may give it up, finish it, or begin to publish it as well,
 * and at once when its session may have been over in between, because then anything may have happened. While ZooKeeper does not
 * answer nothing is sent, so that it may be waited for.
 */
final class WhileOpen implements NumberedSends.StillOpen {

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final OutputSession session;
    private final String publication;
    private final Clock clock;
    private Lease lease; // guarded by this
    private long lookedNanos; // guarded by this
    private long sinceNanos; // guarded by this; when it last came back from where it saw nothing
    private boolean alone; // guarded by this

    /**
     * From now on, while it is open.
     *
     * @param alone whether who asks has decided it, so that it knows of everybody else
     */
    WhileOpen(OutputSession session, String publication, boolean alone) {
        this.alone = alone;
        this.session = session;
        this.publication = publication;
        this.clock = session.doors().clock();
        this.lease = Lease.ofCurrentSession(session.coordination(), clock);
        this.sinceNanos = clock.nanos();
        this.lookedNanos = sinceNanos - LOOK_NANOS - 1; // what is known of it may be old
    }

    @Override
    public synchronized NumberedSends.Others ensure() {
        Lease before = lease;
        boolean held = before.holds();
        if (!held || clock.nanos() - lookedNanos > LOOK_NANOS) {
            look();
        }
        if (!held || !before.holds()) { // looking may take long, too
            sinceNanos = clock.nanos();
        }
        return alone ? NumberedSends.Others.NONE : new NumberedSends.Others(true, sinceNanos);
    }

    private void look() {
        Lease fresh = Lease.ofCurrentSession(session.coordination(), clock);
        long now = clock.nanos();
        PublicationRecord standing = session.register()
                .read(publication)
                .map(Versioned::value)
                .filter(PublicationRecord::isOpen)
                .orElseThrow(NumberedSends.Finished::new);
        alone &= standing.others() == 0;
        lease = fresh;
        lookedNanos = now;
    }
}
