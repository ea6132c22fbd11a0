package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.fixture.GroupFleet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumer groups as Kafka's own consumer and admin client see them. */
final class ConsumerGroupsTest {

    private static final int PARTITIONS = 6;
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Map<String, String> settings;
    private static Broker broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        settings = cluster.newCluster();
        broker = TestCluster.start(
                settings, "group.initial.rebalance.delay.ms", "100", "offsets.topic.num.partitions", "7");
        admin = KafkaClients.admin(bootstrap());
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
        cluster.close();
    }

    private static String bootstrap() {
        return broker.endpoint().toString();
    }

    private static String topic() {
        String topic = "topic-" + NAMES.incrementAndGet();
        KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all());
        return topic;
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap, String group, String... more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap,
                "group.id", group,
                "group.protocol", "classic",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "heartbeat.interval.ms", "100",
                "session.timeout.ms", "30000"));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private static void produce(String bootstrap, String topic, int from, int to) {
        try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap)) {
            for (int i = from; i < to; i++) {
                Future<?> unused = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, "v" + i));
            }
        }
    }

    /** Polls all consumers in turn until {@code done}; what they read goes to {@code read}. */
    private static void poll(List<KafkaConsumer<String, String>> consumers, List<String> read, BooleanSupplier done) {
        await().atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    for (KafkaConsumer<String, String> consumer : consumers) {
                        for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(20))) {
                            read.add(each.value());
                        }
                    }
                    return done.getAsBoolean();
                });
    }

    private static boolean shared(List<KafkaConsumer<String, String>> consumers) {
        Set<TopicPartition> all = new HashSet<>();
        int sum = 0;
        for (KafkaConsumer<String, String> consumer : consumers) {
            if (consumer.assignment().isEmpty()) {
                return false;
            }
            sum += consumer.assignment().size();
            all.addAll(consumer.assignment());
        }
        return sum == PARTITIONS && all.size() == PARTITIONS;
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RangeAssignor.class,
                RoundRobinAssignor.class,
                StickyAssignor.class,
                CooperativeStickyAssignor.class
            })
    void aGroupGrowsAndShrinksAndReadsEachRecordOnce(Class<?> assignor) {
        String topic = topic();
        String group = "grows-" + assignor.getSimpleName();
        String[] more = {"partition.assignment.strategy", assignor.getName()};
        List<KafkaConsumer<String, String>> consumers = new ArrayList<>();
        List<String> read = new ArrayList<>();
        consumers.add(consumer(bootstrap(), group, more));
        consumers.get(0).subscribe(List.of(topic));
        produce(bootstrap(), topic, 0, 60);
        poll(consumers, read, () -> read.size() >= 60);
        consumers.get(0).commitSync();

        // 1 -> 3
        for (int i = 0; i < 2; i++) {
            consumers.add(consumer(bootstrap(), group, more));
            consumers.get(i + 1).subscribe(List.of(topic));
        }
        poll(consumers, read, () -> shared(consumers));
        produce(bootstrap(), topic, 60, 120);
        poll(consumers, read, () -> read.size() >= 120);
        consumers.forEach(KafkaConsumer::commitSync);

        // 3 -> 1
        consumers.remove(2).close();
        consumers.remove(1).close();
        poll(consumers, read, () -> shared(consumers));
        produce(bootstrap(), topic, 120, 180);
        poll(consumers, read, () -> read.size() >= 180);
        consumers.get(0).close();

        assertThat(read).containsExactlyInAnyOrderElementsOf(values(0, 180));
    }

    @Test
    void committedOffsetsSurviveARestartAndMembersGoOn() {
        Map<String, String> own = cluster.newCluster();
        Broker first = TestCluster.start(own, "group.initial.rebalance.delay.ms", "0");
        String address = first.endpoint().toString();
        own.put("listeners", "PLAINTEXT://" + address);
        List<String> read = new ArrayList<>();
        try (Admin another = KafkaClients.admin(address)) {
            KafkaClients.get(another.createTopics(List.of(new NewTopic("t", PARTITIONS, (short) 1)))
                    .all());
        }
        produce(address, "t", 0, 60);
        try (KafkaConsumer<String, String> consumer = consumer(address, "g")) {
            consumer.subscribe(List.of("t"));
            poll(List.of(consumer), read, () -> read.size() >= 60);
            consumer.commitSync();
            String member = consumer.groupMetadata().memberId();
            first.close();

            try (Broker second = TestCluster.start(own, "group.initial.rebalance.delay.ms", "0")) {
                // members are remembered by the process alone: they join again, and resume where they committed
                poll(
                        List.of(consumer),
                        read,
                        () -> !consumer.groupMetadata().memberId().equals(member) && shared(List.of(consumer)));
                produce(second.endpoint().toString(), "t", 60, 120);
                poll(List.of(consumer), read, () -> read.size() >= 120);
                assertThat(read).containsExactlyInAnyOrderElementsOf(values(0, 120));
                consumer.commitSync();
                Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(consumer.assignment());
                assertThat(committed).hasSize(PARTITIONS);
                assertThat(committed.values())
                        .extracting(OffsetAndMetadata::offset)
                        .containsOnly(20L);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void aStaticMemberComesBackWithoutARebalance() {
        String topic = topic();
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> a = consumer(bootstrap(), "static", "group.instance.id", "a")) {
            KafkaConsumer<String, String> b = consumer(bootstrap(), "static", "group.instance.id", "b");
            a.subscribe(List.of(topic));
            b.subscribe(List.of(topic));
            poll(List.of(a, b), read, () -> shared(List.of(a, b)));
            Set<TopicPartition> had = b.assignment();
            int generation = a.groupMetadata().generationId();
            b.close();

            try (KafkaConsumer<String, String> again = consumer(bootstrap(), "static", "group.instance.id", "b")) {
                again.subscribe(List.of(topic));
                poll(List.of(a, again), read, () -> shared(List.of(a, again)));
                assertThat(again.assignment()).isEqualTo(had);
                assertThat(again.groupMetadata().generationId()).isEqualTo(generation);
            }
            KafkaClients.get(admin.removeMembersFromConsumerGroup(
                            "static", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("b"))))
                    .all());
            poll(List.of(a), read, () -> shared(List.of(a)));
        }
    }

    @Test
    void manyGroupsThatJoinAtOnceAreAllStable() {
        try (GroupFleet fleet = new GroupFleet(broker.endpoint(), 20, 3)) {
            fleet.join().join();
        }
    }

    @Test
    void whoHasLeftTheGroupCannotCommit() {
        String topic = topic();
        produce(bootstrap(), topic, 0, 6);
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(bootstrap(), "evicted")) {
            consumer.subscribe(List.of(topic));
            poll(List.of(consumer), read, () -> read.size() >= 6);
            KafkaClients.get(
                    admin.removeMembersFromConsumerGroup("evicted", new RemoveMembersFromConsumerGroupOptions())
                            .all());

            assertThatThrownBy(consumer::commitSync).isInstanceOf(CommitFailedException.class);
        }
    }

    @Test
    void administratorsListDescribeResetAndDelete() {
        String topic = topic();
        TopicPartition partition = new TopicPartition(topic, 0);
        produce(bootstrap(), topic, 0, 12);
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(bootstrap(), "admin", "client.id", "reader")) {
            consumer.subscribe(List.of(topic));
            poll(List.of(consumer), read, () -> read.size() >= 12);
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1, "note")));

            ConsumerGroupDescription described = describe("admin");
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.partitionAssignor()).isEqualTo("range");
            assertThat(described.members()).singleElement().satisfies(member -> {
                assertThat(member.clientId()).isEqualTo("reader");
                assertThat(member.host()).isEqualTo("/127.0.0.1");
                assertThat(member.assignment().topicPartitions()).hasSize(PARTITIONS);
            });
            assertThat(KafkaClients.failure(
                            admin.deleteConsumerGroups(List.of("admin")).all()))
                    .isInstanceOf(GroupNotEmptyException.class);
            assertThat(KafkaClients.failure(admin.deleteConsumerGroupOffsets("admin", Set.of(partition))
                            .partitionResult(partition)))
                    .isInstanceOf(GroupSubscribedToTopicException.class);
            assertThat(KafkaClients.failure(
                            admin.alterConsumerGroupOffsets("admin", Map.of(partition, new OffsetAndMetadata(0)))
                                    .all()))
                    .isInstanceOf(UnknownMemberIdException.class);
        }
        assertThat(describe("admin").groupState()).isEqualTo(GroupState.EMPTY);
        assertThat(KafkaClients.get(admin.listGroups().all()))
                .anyMatch(group -> group.groupId().equals("admin"));

        // reset
        assertThat(offsets("admin").get(partition)).isEqualTo(new OffsetAndMetadata(1, "note"));
        KafkaClients.get(admin.alterConsumerGroupOffsets("admin", Map.of(partition, new OffsetAndMetadata(2)))
                .all());
        assertThat(offsets("admin").get(partition).offset()).isEqualTo(2);
        KafkaClients.get(
                admin.deleteConsumerGroupOffsets("admin", Set.of(partition)).all());
        assertThat(offsets("admin")).doesNotContainKey(partition);

        KafkaClients.get(admin.deleteConsumerGroups(List.of("admin")).all());
        assertThat(KafkaClients.failure(
                        admin.deleteConsumerGroups(List.of("admin")).all()))
                .isInstanceOf(GroupIdNotFoundException.class);
    }

    private static ConsumerGroupDescription describe(String group) {
        return KafkaClients.get(
                admin.describeConsumerGroups(List.of(group)).describedGroups().get(group));
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(String group) {
        return KafkaClients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    }

    @Test
    void aConsumerThatChoosesItsPartitionsCommitsWithoutMembership() {
        String topic = topic();
        TopicPartition partition = new TopicPartition(topic, 3);
        try (KafkaConsumer<String, String> consumer = consumer(bootstrap(), "simple")) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7)));
            assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(7);
        }
        KafkaClients.get(admin.deleteTopics(List.of(topic)).all());
        KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all());
        assertThat(offsets("simple")).as("of another topic with this name").isEmpty();
    }

    @Test
    void theGroupOfAnIngestJobIsRefusedAtOnce() {
        String topic = topic();
        try (Coordination coordination =
                ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 20_000, 20_000, Clock.system())) {
            Coordination.await(coordination.ensurePath(Paths.ingestJob("hourly")));
            Coordination.await(
                    coordination.commit(new Write.Create(Paths.ingestJob("hourly") + "/config", new byte[0])));
        }
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(bootstrap(), "hourly")) {
            consumer.subscribe(List.of(topic));
            assertThatThrownBy(() -> poll(List.of(consumer), read, () -> false))
                    .isInstanceOf(InvalidGroupIdException.class);
        }
    }
}
