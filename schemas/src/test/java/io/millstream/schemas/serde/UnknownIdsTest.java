package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.core.Clock;
import io.millstream.schemas.serde.UndecodableException.Reason;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** A topic full of poison costs little more than its bytes. */
final class UnknownIdsTest {

    private static final class SetClock implements Clock {
        private long nanos = -7;

        @Override
        public long millis() {
            return nanos / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos;
        }
    }

    @Test
    void anIdIsRememberedForAWhile() {
        SetClock clock = new SetClock();
        UnknownIds unknown = new UnknownIds(clock);

        unknown.add(3);

        assertThat(unknown.contains(3)).isTrue();
        assertThat(unknown.contains(4)).isFalse();
        clock.nanos += UnknownIds.REMEMBERED.toNanos();
        assertThat(unknown.contains(3)).isFalse();
    }

    @Test
    void theRegistryIsAskedOnceAboutManyRecords() {
        FakeRegistry registry = new FakeRegistry();
        registry.register("t-value", Schema.create(Schema.Type.STRING), false);
        AvroDeserializer<Object> numbers = AvroDeserializer.ofAny(Schema.create(Schema.Type.INT), false, registry);

        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowableOfType(
                                    UndecodableException.class,
                                    () -> numbers.deserialize(new byte[] {0, 0, 0, 0, 9, 2}))
                            .reason())
                    .isEqualTo(Reason.UNKNOWN_ID);
            assertThat(catchThrowableOfType(
                                    UndecodableException.class,
                                    () -> numbers.deserialize(new byte[] {0, 0, 0, 0, 1, 0}))
                            .reason())
                    .isEqualTo(Reason.INCOMPATIBLE);
        }

        assertThat(registry.calls()).containsExactly("register t-value", "find 9", "find 1");
    }
}
