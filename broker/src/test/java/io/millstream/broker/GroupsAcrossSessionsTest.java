package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups whose coordinator's session with ZooKeeper expires, again and again: its shards are fenced and taken anew. */
final class GroupsAcrossSessionsTest {

    private static final int PARTITIONS = 4;
    private static final int EXPIRIES = 3;

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Broker broker;
    private static Coordination observer;

    private final List<KafkaConsumer<String, String>> members = new ArrayList<>();
    private final List<String> read = new ArrayList<>();
    private final List<String> rebalances = new ArrayList<>();
    private String topic;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        Map<String, String> settings = cluster.newCluster();
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("offsets.topic.num.partitions", "3");
        broker = TestCluster.start(settings);
        observer = ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system());
    }

    @AfterAll
    static void stop() {
        observer.close();
        broker.close();
        cluster.close();
    }

    @BeforeEach
    void newTopic() {
        topic = "topic-" + System.identityHashCode(this);
        try (Admin admin = KafkaClients.admin(bootstrap())) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all());
        }
    }

    private static String bootstrap() {
        return broker.endpoint().toString();
    }

    /** The session that the broker is registered in; waits for one. */
    private static long session() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Coordination.await(observer.read(Paths.broker(1))).isPresent());
        return Coordination.await(observer.read(Paths.broker(1))).orElseThrow().ephemeralOwner();
    }

    private static KafkaConsumer<String, String> consumer(String group) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap(),
                "group.id", group,
                "auto.offset.reset", "none",
                "enable.auto.commit", "false",
                "heartbeat.interval.ms", "100"));
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private void join(String group) {
        KafkaConsumer<String, String> member = consumer(group);
        members.add(member);
        member.subscribe(List.of(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                rebalances.add("revoked " + partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                rebalances.add("lost " + partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                rebalances.add("assigned " + partitions);
            }
        });
    }

    private void produce(int from, int to) {
        try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap())) {
            for (int i = from; i < to; i++) {
                Future<?> unused = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, "v" + i));
            }
        }
    }

    private void pollUntil(BooleanSupplier done) {
        await().atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    for (KafkaConsumer<String, String> member : members) {
                        member.poll(Duration.ofMillis(20)).forEach(record -> read.add(record.value()));
                    }
                    return done.getAsBoolean();
                });
    }

    private boolean isShared() {
        Set<TopicPartition> all = new HashSet<>();
        members.forEach(member -> all.addAll(member.assignment()));
        return all.size() == PARTITIONS
                && members.stream().allMatch(member -> member.assignment().size() == 2);
    }

    private void startAtZero(String group) {
        try (Admin admin = KafkaClients.admin(bootstrap())) {
            Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
            IntStream.range(0, PARTITIONS)
                    .forEach(i -> starts.put(new TopicPartition(topic, i), new OffsetAndMetadata(0)));
            KafkaClients.get(admin.alterConsumerGroupOffsets(group, starts).all());
        }
    }

    private long stored(String group, int partition) {
        String path = Paths.offset(group, new io.millstream.core.TopicPartition(topic, partition));
        return Long.parseLong(
                new String(Coordination.await(observer.read(path)).orElseThrow().value(), StandardCharsets.US_ASCII));
    }

    @Test
    void membersKeepWhatTheyHaveAndGoOn() {
        // given: without committed offsets a member would fail, for nothing says where it shall begin
        String group = "members";
        startAtZero(group);
        join(group);
        join(group);
        pollUntil(this::isShared);
        rebalances.clear();
        int produced = 0;

        for (int round = 1; round <= EXPIRIES; round++) {
            // when
            long before = session();
            cluster.expire(before);
            produce(produced, produced + 40);
            produced += 40;
            int expected = produced;
            pollUntil(() -> read.size() >= expected);

            // then
            members.forEach(KafkaConsumer::commitSync);
            long offset = expected / PARTITIONS;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(stored(group, partition)).isEqualTo(offset);
            }
            assertThat(session()).isNotEqualTo(before);
        }
        assertThat(rebalances).as("what became of assignments").isEmpty();
        members.forEach(KafkaConsumer::close);
        assertThat(read)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, produced).mapToObj(i -> "v" + i).toList());
    }

    /** What is answered is stored, whatever session it was written in; what is not answered is not stored later. */
    @Test
    void commitsThatRunIntoAnExpiryAreStoredOnceOrNotAtAll() {
        // given
        String group = "commits";
        TopicPartition partition = new TopicPartition(topic, 0);
        produce(0, PARTITIONS);
        try (KafkaConsumer<String, String> committer = consumer(group)) {
            committer.assign(List.of(partition));
            long offset = 0;

            for (int round = 0; round < EXPIRIES; round++) {
                // when
                long before = session();
                Thread thief = new Thread(() -> cluster.expire(before), "thief");
                thief.start();
                long after = before;
                while (after == before) {
                    offset++;
                    committer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));

                    // then
                    assertThat(stored(group, 0)).isEqualTo(offset);
                    after = Coordination.await(observer.read(Paths.broker(1)))
                            .map(registration -> registration.ephemeralOwner())
                            .orElse(before);
                }
            }
            assertThat(committer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(offset);
        }
    }
}
