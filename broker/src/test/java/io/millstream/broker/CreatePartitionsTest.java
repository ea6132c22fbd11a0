package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics get more partitions, as Kafka's admin and a producer that is already there see it. */
final class CreatePartitionsTest {

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
        broker = TestCluster.start(settings);
        admin = KafkaClients.admin(broker.endpoint().toString());
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
        cluster.close();
    }

    private static void create(String topic, int partitions) {
        KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    private static int partitions(String topic) {
        return KafkaClients.get(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
    }

    private static void grow(String topic, int count) {
        KafkaClients.get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count)))
                .all());
    }

    private static Throwable refusal(String topic, NewPartitions wanted) {
        return KafkaClients.failure(
                admin.createPartitions(Map.of(topic, wanted)).all());
    }

    @Test
    void newPartitionsCanBeUsedAtOnceAndTheOldKeepWhatTheyHave() {
        // given
        create("growing", 2);
        String bootstrap = broker.endpoint().toString();
        KafkaClients.produce(bootstrap, "growing", "old");

        // when
        grow("growing", 5);

        // then
        assertThat(partitions("growing")).isEqualTo(5);
        try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap)) {
            for (int partition = 1; partition < 5; partition++) {
                var unused = producer.send(new ProducerRecord<>("growing", partition, null, "new " + partition));
            }
        }
        assertThat(KafkaClients.consume(bootstrap, "growing", 5))
                .containsExactlyInAnyOrder("old", "new 1", "new 2", "new 3", "new 4");
    }

    @Test
    void aProducerThatIsThereAlreadyComesToUseThem() {
        // given
        create("noticed", 1);
        Map<String, Object> eager =
                new HashMap<>(Map.of("bootstrap.servers", broker.endpoint().toString(), "metadata.max.age.ms", "100"));
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(eager, new StringSerializer(), new StringSerializer())) {
            assertThat(producer.partitionsFor("noticed")).hasSize(1);

            // when
            grow("noticed", 3);

            // then
            Set<Integer> used = new HashSet<>();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                used.add(producer.send(new ProducerRecord<>("noticed", "key " + used.size(), "x"))
                        .get()
                        .partition());
                for (int key = 0; key < 20; key++) {
                    used.add(producer.send(new ProducerRecord<>("noticed", "key " + key, "x"))
                            .get()
                            .partition());
                }
                return used.size() == 3;
            });
        }
    }

    @Test
    void whatIsOnlyValidatedChangesNothing() {
        create("asked", 1);

        KafkaClients.get(admin.createPartitions(
                        Map.of("asked", NewPartitions.increaseTo(3)), new CreatePartitionsOptions().validateOnly(true))
                .all());
        assertThat(KafkaClients.failure(admin.createPartitions(
                                Map.of("asked", NewPartitions.increaseTo(1)),
                                new CreatePartitionsOptions().validateOnly(true))
                        .all()))
                .isInstanceOf(InvalidPartitionsException.class);

        assertThat(partitions("asked")).isEqualTo(1);
    }

    @Test
    void whatCannotBeIsRefusedWithKafkasErrors() {
        create("stays", 2);

        assertThat(refusal("stays", NewPartitions.increaseTo(2)))
                .isInstanceOf(InvalidPartitionsException.class)
                .hasMessageContaining("has 2 partitions");
        assertThat(refusal("stays", NewPartitions.increaseTo(1))).isInstanceOf(InvalidPartitionsException.class);
        assertThat(refusal("nowhere", NewPartitions.increaseTo(2)))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(refusal("no/path", NewPartitions.increaseTo(2)))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(refusal("stays", NewPartitions.increaseTo(3, List.of(List.of(7)))))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(refusal("stays", NewPartitions.increaseTo(4, List.of(List.of(1)))))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(partitions("stays")).isEqualTo(2);
    }
}
