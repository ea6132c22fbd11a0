package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.TopicPartition;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DocumentTest {

    private static <T> T read(String json, Class<T> type) {
        return Document.read(json.getBytes(UTF_8), type, "/some/znode");
    }

    @Test
    void readsBackWhatItWrote() {
        TreeMap<Integer, List<Integer>> partitions = new TreeMap<>();
        partitions.put(0, List.of(1, 2));
        partitions.put(10, List.of());
        TopicAssignment topic = new TopicAssignment(UUID.randomUUID(), partitions);

        byte[] json = Document.write(topic);

        assertThat(Document.read(json, TopicAssignment.class, "here")).isEqualTo(topic);
        assertThat(new String(json, UTF_8)).startsWith("{\"version\":1,").contains("\"topic_id\":");
    }

    @Test
    void isWrittenTheSameEachTime() {
        TopicSettings settings = new TopicSettings(new TreeMap<>(java.util.Map.of("b", "1", "a", "2")));

        assertThat(new String(Document.write(settings), UTF_8))
                .isEqualTo("{\"version\":1,\"config\":{\"a\":\"2\",\"b\":\"1\"}}");
    }

    @Test
    void ignoresFieldsThatALaterReleaseAdded() {
        OffsetMetadata read = read(
                "{\"version\":1,\"topic_id\":\"00000000-0000-0001-0000-000000000002\",\"leader_epoch\":3,"
                        + "\"metadata\":\"m\",\"added\":{\"later\":[1]}}",
                OffsetMetadata.class);

        assertThat(read).isEqualTo(new OffsetMetadata(new UUID(1, 2), 3, "m"));
    }

    @Test
    void readsWhatAReleaseWroteThatKnewNoReplication() {
        PartitionState state = read(
                "{\"version\":1,\"leader\":1,\"leader_epoch\":4,\"leader_registration\":77,\"isr\":[1,2],"
                        + "\"eligible\":[]}",
                PartitionState.class);
        BrokerRegistration broker = read(
                "{\"version\":1,\"host\":\"h\",\"port\":9092,\"http_port\":-1,\"rack\":null,\"boot_id\":\"b\","
                        + "\"directory_id\":\"00000000-0000-0001-0000-000000000002\"}",
                BrokerRegistration.class);

        assertThat(state.isrRegistrations()).containsExactly(0L, 0L);
        assertThat(broker.unclean()).isFalse();
        assertThat(broker.voidBefore(5)).isZero();
        assertThat(broker.draining()).isFalse();
        assertThat(broker.offline()).isEmpty();
        assertThat(broker.starting()).isFalse();
    }

    @Test
    void readsBackARegistrationWithAllItSays() {
        BrokerRegistration broker = new BrokerRegistration("h", 9092, new TreeMap<>(), -1, null, "b", new UUID(1, 2))
                .afterLoss(true, 40)
                .draining(true)
                .offline(List.of(new TopicPartition("a-1", 3), new TopicPartition("a-1", 1)));

        BrokerRegistration read = Document.read(Document.write(broker), BrokerRegistration.class, "here");

        assertThat(read).isEqualTo(broker);
        assertThat(read.isOffline(new TopicPartition("a-1", 3))).isTrue();
        assertThat(read.isOffline(new TopicPartition("a-1", 2))).isFalse();
        assertThat(read.voidBefore(50)).isEqualTo(50);
        assertThat(read.voidBefore()).isEqualTo(40);
    }

    @Test
    void refusesRegistrationsThatDoNotFitTheReplicas() {
        assertThatThrownBy(() -> read(
                        "{\"version\":1,\"leader\":1,\"leader_epoch\":4,\"leader_registration\":77,\"isr\":[1,2],"
                                + "\"isr_registrations\":[77],\"eligible\":[]}",
                        PartitionState.class))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("/some/znode");
    }

    @Test
    void refusesAHigherVersionByName() {
        CoordinationException refused = catchThrowableOfType(
                CoordinationException.class, () -> read("{\"version\":2,\"offset\":1}", OffsetMetadata.class));

        assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
        assertThat(refused).hasMessageContaining("/some/znode").hasMessageContaining("version 2");
    }

    @Test
    void refusesWhatIsNotADocumentOfTheType() {
        for (String bad : List.of(
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"version\":\"x\"}",
                "{\"version\":0}",
                "{\"version\":1,\"leader_epoch\":\"x\"}",
                "{\"version\":1,\"topic_id\":\"x\",\"leader_epoch\":1}",
                "{\"version\":1,\"leader_epoch\":1} trailing",
                "[".repeat(100_000))) {
            assertThatThrownBy(() -> read(bad, OffsetMetadata.class))
                    .as(bad.length() > 99 ? "deep" : bad)
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageContaining("/some/znode");
        }
    }

    @Test
    void aMissingNumberIsNotTakenForZero() {
        assertThatThrownBy(() -> read("{\"version\":1,\"metadata\":\"m\"}", OffsetMetadata.class))
                .isInstanceOf(CoordinationException.class);
    }

    @Test
    void refusesAPartitionInWhichNobodyIsInSync() {
        for (String isr : List.of("", ",\"isr\":null", ",\"isr\":[]", ",\"isr\":[null]")) {
            String json = "{\"version\":1,\"leader\":1,\"leader_epoch\":0,\"leader_registration\":1" + isr + "}";

            CoordinationException refused =
                    catchThrowableOfType(CoordinationException.class, () -> read(json, PartitionState.class));

            assertThat(refused).hasMessageContaining("/some/znode").hasMessageContaining("last replica in sync");
        }
    }
}
