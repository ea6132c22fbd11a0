package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ConsumerSubscription;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Kafka's consumers send, and what they do not. */
class ConsumerSubscriptionTest {

    private static final int UP_TO_THE_TOPICS = 2 + 4 + 2 + "clicks".length() + 2 + "orders".length();

    static IntStream versions() {
        return IntStream.rangeClosed(
                0,
                ConsumerProtocol.serializeSubscription(new Subscription(List.of()))
                        .getShort());
    }

    private static byte[] subscription(int version, List<String> topics) {
        var owned = List.of(new TopicPartition("orders", 3), new TopicPartition("clicks", 0));
        var subscription =
                new Subscription(topics, ByteBuffer.wrap(new byte[] {1, 2, 3}), owned, 7, Optional.of("rack"));
        ByteBuffer bytes = ConsumerProtocol.serializeSubscription(subscription, (short) version);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static Optional<Set<String>> topics(byte... metadata) {
        return ConsumerSubscription.topics(metadata);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void theTopicsAreReadInEveryVersion(int version) {
        assertThat(topics(subscription(version, List.of("clicks", "orders", "clicks"))))
                .contains(Set.of("clicks", "orders"));
        assertThat(topics(subscription(version, List.of()))).contains(Set.of());
    }

    @Test
    void versionsToComeAreReadAsFarAsTheyAreKnown() {
        byte[] bytes = subscription(3, List.of("clicks"));
        bytes[1] = 99;

        assertThat(topics(bytes)).contains(Set.of("clicks"));
    }

    @Test
    void onlyWhatEndsBeforeTheTopicsDoIsRefused() {
        byte[] whole = subscription(3, List.of("clicks", "orders"));
        for (int length = 0; length < whole.length; length++) {
            Optional<Set<String>> topics = topics(Arrays.copyOf(whole, length));

            assertThat(topics.isPresent()).as("length %s", length).isEqualTo(length >= UP_TO_THE_TOPICS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 4})
    void aCountThatIsNotTrueIsRefused(int count) {
        byte[] bytes = subscription(0, List.of("clicks"));
        ByteBuffer.wrap(bytes).putInt(2, count);

        assertThat(topics(bytes)).isEmpty();
    }

    @Test
    void aNegativeVersionIsRefused() {
        byte[] bytes = subscription(0, List.of("clicks"));
        ByteBuffer.wrap(bytes).putShort(0, (short) -1);

        assertThat(topics(bytes)).isEmpty();
    }

    @Test
    void whatIsDamagedIsReadOrRefused() {
        for (long seed = 0; seed < 200; seed++) {
            byte[] valid = subscription((int) (seed % 4), List.of("clicks", "orders"));
            Mutations mutations = new Mutations(seed);
            for (int i = 0; i < 50; i++) {
                byte[] mutant = mutations.mutate(valid);
                assertThat(topics(mutant)).as("seed %s, mutant %s", seed, i).isNotNull();
            }
        }
    }

    @Test
    void namesChosenToCollideAreReadInTime() {
        // all of these have the same hash
        List<String> names = List.of("");
        for (int i = 0; i < 15; i++) {
            names = names.stream()
                    .flatMap(name -> Stream.of(name + "Aa", name + "BB"))
                    .toList();
        }
        byte[] bytes = subscription(0, names);

        assertThat(topics(bytes)).contains(new HashSet<>(names));
    }

    @Test
    void anAssignmentHappensToLookTheSame() {
        // why groups are told apart by their protocol type, and not by this
        ByteBuffer bytes = ConsumerProtocol.serializeAssignment(new Assignment(List.of()));
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);

        assertThat(topics(copy)).contains(Set.of());
    }
}
