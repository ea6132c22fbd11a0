package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ThrottleTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE / 2);

    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return 0;
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    };

    @Test
    void pausesMakeUpTheRateForAllWhoShareIt() {
        Throttle throttle = new Throttle(1_000, clock);

        assertThat(throttle.pauseMillis(500)).isEqualTo(500);
        assertThat(throttle.pauseMillis(500)).isEqualTo(1_000);
        nanos.addAndGet(700_000_000);
        assertThat(throttle.pauseMillis(100)).isEqualTo(400);
    }

    @Test
    void timeThatWasNotUsedIsNotSavedUp() {
        Throttle throttle = new Throttle(1_000, clock);
        nanos.addAndGet(10_000_000_000L);

        assertThat(throttle.pauseMillis(500)).isEqualTo(500);
    }

    @Test
    void noLimitIsNoPause() {
        assertThat(new Throttle(Double.MAX_VALUE, clock).pauseMillis(Integer.MAX_VALUE))
                .isZero();
    }
}
