package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ReplicationThrottleTest {

    private static final TopicPartition LISTED = new TopicPartition("moving", 0);
    private static final TopicPartition OTHER = new TopicPartition("moving", 1);

    private long millis = 5_000;
    private final ReplicationThrottle throttle = new ReplicationThrottle(new Clock() {
        @Override
        public long millis() {
            return millis;
        }

        @Override
        public long nanos() {
            return TimeUnit.MILLISECONDS.toNanos(millis);
        }
    });

    private void limit(long rate) {
        throttle.limit(rate, LISTED::equals);
    }

    @Test
    void whatWasTakenIsWaitedFor() {
        limit(1_000);
        assertThat(throttle.waitMillis(LISTED)).isZero();

        throttle.took(LISTED, 500);

        assertThat(throttle.waitMillis(LISTED)).isEqualTo(501);
        assertThat(throttle.waitMillis(OTHER)).as("only what is listed").isZero();
        millis += 400;
        assertThat(throttle.waitMillis(LISTED)).isEqualTo(101);
        millis += 100;
        assertThat(throttle.waitMillis(LISTED)).isZero();
    }

    @Test
    void whatIsNotListedCostsNothingAndWhatWasNotTakenIsNotSaved() {
        limit(1_000);
        throttle.took(OTHER, 1_000_000);
        millis += 60_000;
        assertThat(throttle.waitMillis(LISTED)).isZero();

        throttle.took(LISTED, 300);

        assertThat(throttle.waitMillis(LISTED)).isEqualTo(301);
    }

    @Test
    void whoWaitsForLongLooksAgainNowAndThen() {
        limit(1);
        throttle.took(LISTED, 1_000_000);

        assertThat(throttle.waitMillis(LISTED)).isEqualTo(1_000);
    }

    @Test
    void anotherRateHoldsAtOnceAndAnotherListForgivesNothing() {
        limit(1);
        throttle.took(LISTED, 1_000_000);

        limit(1);
        assertThat(throttle.waitMillis(LISTED)).isPositive();
        limit(1_000_000);
        assertThat(throttle.waitMillis(LISTED)).isZero();
        throttle.took(LISTED, 1_000_000);
        assertThat(throttle.waitMillis(LISTED)).isPositive();
        limit(ReplicationThrottle.UNLIMITED);
        assertThat(throttle.waitMillis(LISTED)).isZero();
    }

    @Test
    void nothingAtAllIsNoRate() {
        assertThatThrownBy(() -> limit(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
