package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own admin client asks which producers a partition's leader remembers, before and after a restart. */
final class DescribeProducersTest {

    private static final TopicPartition NUMBERS = new TopicPartition("numbers", 0);

    @TempDir
    Path directory;

    @Test
    void aLeaderTellsTheLastSequenceOfEachProducerAlsoAfterARestart() throws Exception {
        try (TestCluster cluster = new TestCluster(directory)) {
            Map<String, String> settings = cluster.newCluster();
            try (Broker broker = TestCluster.start(settings)) {
                produce(broker, 3);
                produce(broker, 5);

                assertThat(lastSequences(broker)).containsExactlyInAnyOrder(2, 4);
            }
            try (Broker broker = TestCluster.start(settings)) {
                assertThat(lastSequences(broker)).containsExactlyInAnyOrder(2, 4);
            }
        }
    }

    private static void produce(Broker broker, int records) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.endpoint().toString()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(NUMBERS.topic(), NUMBERS.partition(), null, "n"))
                        .get();
            }
        }
    }

    private static List<Integer> lastSequences(Broker broker) throws Exception {
        try (Admin admin = KafkaClients.admin(broker.endpoint().toString())) {
            List<ProducerState> states = admin.describeProducers(List.of(NUMBERS))
                    .partitionResult(NUMBERS)
                    .get()
                    .activeProducers();
            assertThat(states).allSatisfy(state -> {
                assertThat(state.producerEpoch()).isZero();
                assertThat(state.currentTransactionStartOffset()).isEmpty();
            });
            return states.stream().map(ProducerState::lastSequence).toList();
        }
    }
}
