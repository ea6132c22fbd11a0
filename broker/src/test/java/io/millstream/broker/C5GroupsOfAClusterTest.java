package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.server.RawClient;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.FindCoordinator;
import io.millstream.wire.message.Heartbeat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C5: groups of three brokers, whose shards move when a broker comes or goes. */
final class C5GroupsOfAClusterTest {

    private static final int GROUPS = 60;

    @TempDir
    static Path directory;

    private static Fleet fleet;

    @BeforeAll
    static void start() throws IOException {
        fleet = new Fleet(directory, 3);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private static RawClient connect(int broker) {
        return RawClient.connect(fleet.broker(broker).endpoint().port());
    }

    /** Whom a broker names as the coordinator of each group. */
    private static Map<String, Integer> coordinators(int broker) {
        List<String> groups =
                IntStream.range(0, GROUPS).mapToObj(i -> "group-" + i).toList();
        Map<String, Integer> named = new TreeMap<>();
        try (RawClient client = connect(broker)) {
            FindCoordinator.Response response = client.ask(
                    new FindCoordinator.Request(FindCoordinator.GROUP, groups), FindCoordinator.Response.class);
            response.coordinators().forEach(each -> named.put(each.key(), each.node()));
        }
        return named;
    }

    /** What all of these brokers say, once they agree and name nobody else. */
    private static Map<String, Integer> agreed(Integer... brokers) {
        Fleet.eventually(() -> {
            Set<Map<String, Integer>> said = new HashSet<>();
            for (int broker : brokers) {
                said.add(coordinators(broker));
            }
            assertThat(said).hasSize(1);
            assertThat(new HashSet<>(said.iterator().next().values())).containsExactlyInAnyOrder(brokers);
        });
        return coordinators(brokers[0]);
    }

    @Test
    void c5_shardsAreSharedOutAndOnlyThoseOfTheBrokerThatGoesMove() {
        Map<String, Integer> before = agreed(1, 2, 3);

        // when
        fleet.stop(3);

        // then
        Map<String, Integer> without = agreed(1, 2);
        before.forEach((group, broker) -> {
            if (broker != 3) {
                assertThat(without).containsEntry(group, broker);
            }
        });
        String moved = before.keySet().stream()
                .filter(group -> before.get(group) == 3)
                .findFirst()
                .orElseThrow();

        // when it comes back
        fleet.start(3);

        // then it has its own again, and who had them says so
        assertThat(agreed(1, 2, 3)).isEqualTo(before);
        try (RawClient client = connect(without.get(moved))) {
            assertThat(client.ask(new Heartbeat.Request(moved, 1, "member", null), Heartbeat.Response.class)
                            .error())
                    .isEqualTo(ErrorCode.NOT_COORDINATOR);
        }
    }

    @Test
    void c5_aGroupReadsOnWhereItWasWhileItsCoordinatorsComeAndGo() {
        // given
        fleet.create("read", 6, 3);
        Map<TopicPartition, Long> committed = new HashMap<>();
        List<String> read = new ArrayList<>();
        int sent = 0;
        try (KafkaConsumer<String, String> first = consumer();
                KafkaConsumer<String, String> second = consumer()) {
            for (int round = 0; round < 3; round++) {
                int target = (sent += 50);
                KafkaClients.produce(
                        fleet.bootstrap(),
                        "read",
                        IntStream.range(target - 50, target)
                                .mapToObj(i -> "record " + i)
                                .toArray(String[]::new));

                // when
                int coordinator = agreed(1, 2, 3).get("group-7");
                Fleet.eventually(() -> {
                    poll(first, read, committed);
                    poll(second, read, committed);
                    assertThat(read).hasSizeGreaterThanOrEqualTo(target);
                    assertThat(first.assignment().size() + second.assignment().size())
                            .isEqualTo(6);
                });
                fleet.stop(coordinator);
                poll(first, read, committed);
                fleet.start(coordinator);
            }
        }

        // then nothing was missed, and no commit was lowered or lost
        assertThat(new HashSet<>(read)).hasSize(sent);
        assertThat(committed).isNotEmpty();
        try (KafkaConsumer<String, String> late = consumer()) {
            Map<TopicPartition, OffsetAndMetadata> stored = late.committed(committed.keySet());
            committed.forEach(
                    (partition, offset) -> assertThat(stored.get(partition).offset())
                            .as("%s", partition)
                            .isGreaterThanOrEqualTo(offset));
        }
    }

    private static KafkaConsumer<String, String> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        fleet.bootstrap(),
                        "group.id",
                        "group-7",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer()) {
            {
                subscribe(List.of("read"));
            }
        };
    }

    private static void poll(
            KafkaConsumer<String, String> consumer, List<String> read, Map<TopicPartition, Long> committed) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        consumer.poll(Duration.ofMillis(50)).forEach(records::add);
        records.forEach(each -> read.add(each.value()));
        if (!records.isEmpty()) {
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            consumer.assignment().forEach(each -> next.put(each, new OffsetAndMetadata(consumer.position(each))));
            try {
                consumer.commitSync(next);
                next.forEach((partition, offset) -> committed.merge(partition, offset.offset(), Math::max));
            } catch (org.apache.kafka.clients.consumer.CommitFailedException
                    | org.apache.kafka.common.errors.RebalanceInProgressException rebalanced) {
                assertThat(rebalanced).hasMessageContaining("rebalance"); // read again by whoever has it then
            }
        }
    }
}
