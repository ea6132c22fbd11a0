package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.NumberedSends.Others;
import io.millstream.hadoop.output.OutputManifest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a publisher may rely on when others publish the same. */
final class NumberedSendsTest {

    private static final long PRODUCER = 7;
    private static final Target TARGET = new Target("clicks", new UUID(1, 2), 0, 10, 0);

    private final SetClock clock = new SetClock();
    private final Leader leader = new Leader();
    private Others others = new Others(true, clock.nanos());
    private final NumberedSends sends =
            new NumberedSends(leader, new StoredRecords(leader, "job", PRODUCER), Runnable::run, () -> others, clock);

    private static final class SetClock implements Clock {

        private long nanos = -5; // the monotonic clock begins anywhere

        @Override
        public long millis() {
            return 0;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        private void letPass(Duration time) {
            nanos += time.toNanos();
        }
    }

    /** Takes what it is sent, acknowledges when it is told to, and counts who asks. */
    private static final class Leader implements Outlet {

        private final List<CompletableFuture<Long>> sent = new ArrayList<>();
        private OptionalInt last = OptionalInt.empty();
        private long end;
        private int asked;

        @Override
        public CompletableFuture<Long> send(TopicPartition partition, byte[] batch) {
            CompletableFuture<Long> acknowledged = new CompletableFuture<>();
            sent.add(acknowledged);
            return acknowledged;
        }

        @Override
        public OptionalInt lastSequence(TopicPartition partition, long producerId) {
            asked++;
            return last;
        }

        @Override
        public Traced trace(TopicPartition partition, long producerId, long from) {
            return new Traced(OptionalInt.empty(), end);
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return Map.of();
        }

        @Override
        public TopicRules rules(TopicName topic) {
            return TopicRules.of(topic, Map.of());
        }

        @Override
        public Optional<UUID> topicId(TopicName topic) {
            return Optional.of(TARGET.topicId());
        }
    }

    private CompletableFuture<Long> send(int number) {
        return sends.send(TARGET, new byte[1], number, number);
    }

    @Test
    void anAcknowledgementThatIsHeardAfterAPauseProvesNothingOfWhatOthersHaveSentMeanwhile() {
        clock.letPass(Duration.ofMillis(1));
        sends.known(TARGET.topicPartition(), clock.nanos());
        assertThat(send(0)).isNotDone();
        clock.letPass(Duration.ofSeconds(20)); // it stands still, and others send
        leader.last = OptionalInt.of(5);
        others = new Others(true, clock.nanos());
        leader.sent.get(0).complete(0L);

        assertThat(send(1)).isCompletedWithValue(-1L);
        assertThat(leader.sent).hasSize(1);
        assertThat(leader.asked).isEqualTo(1);
    }

    @Test
    void whereAPartitionEndsBelowWhereItEndedWhenItWasDecidedNobodyCanTell() throws OutputException {
        StoredRecords stored = new StoredRecords(leader, "job", PRODUCER);
        leader.end = 10;
        assertThat(stored.in(target(10)).last()).isEqualTo(-1);
        leader.end = 9;

        for (StoredRecords each : List.of(stored, new StoredRecords(leader, "job", PRODUCER))) {
            assertThatThrownBy(() -> each.in(target(10)))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("nobody can tell how much of it is in partition clicks-0")
                    .hasMessageContaining("ends at offset 9")
                    .hasMessageContaining("millstream output abandon job");
        }
    }

    private static Target target(long from) {
        return new Target("clicks", new UUID(1, 2), 0, 10, from);
    }

    @Test
    void whatWasAskedAMomentAgoIsNotAskedAgain() {
        clock.letPass(Duration.ofMillis(1));
        sends.known(TARGET.topicPartition(), clock.nanos());
        assertThat(send(0)).isNotDone();
        leader.sent.get(0).complete(0L);
        clock.letPass(Duration.ofSeconds(29));
        assertThat(send(1)).isNotDone();
        assertThat(leader.asked).isZero();

        clock.letPass(Duration.ofSeconds(29)); // since it was sent, whenever that was acknowledged
        leader.sent.get(1).complete(1L);
        clock.letPass(Duration.ofSeconds(2));
        leader.last = OptionalInt.of(1);
        assertThat(send(2)).isNotDone();
        assertThat(leader.asked).isEqualTo(1);
        assertThat(leader.sent).hasSize(3);
    }
}
