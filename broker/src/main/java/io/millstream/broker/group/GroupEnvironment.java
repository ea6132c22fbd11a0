package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.core.Clock;
import java.util.concurrent.TimeUnit;

/**
 * What all groups of a broker share.
 *
 * @param coordination where offsets are
 * @param clock which time
 * @param membership rules for members
 * @param offsets rules for offsets
 * @param topics which exist
 * @param reservations groups that are not for clients to change
 */
record GroupEnvironment(
        Coordination coordination,
        Clock clock,
        GroupSettings membership,
        OffsetSettings offsets,
        TopicIds topics,
        Reservations reservations) {

    /** Monotonic time in ms. */
    long now() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    }
}
