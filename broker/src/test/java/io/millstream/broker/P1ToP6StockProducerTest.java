package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P1, P4 and P6 with Kafka's own producer as users have it: idempotent, five requests on the way. */
final class P1ToP6StockProducerTest {

    private static final int RECORDS = 3_000;
    private static final int BETWEEN_FAULTS = 400;

    @TempDir
    Path directory;

    /** Something that happens to the broker while a producer sends. */
    private interface Fault {
        void strike() throws IOException;
    }

    /** Sends numbers to partition 0, with a fault after every so many acknowledgements; all must be acknowledged. */
    private static void produceUnder(Fault fault, String bootstrap) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "batch.size", "200", "linger.ms", "0");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                sent.add(producer.send(new ProducerRecord<>("numbers", 0, null, Integer.toString(i))));
                if (i % BETWEEN_FAULTS == BETWEEN_FAULTS - 1) {
                    RecordMetadata some = sent.get(i - BETWEEN_FAULTS / 2).get();
                    assertThat(some.hasOffset()).isTrue();
                    fault.strike();
                }
            }
            for (int i = 0; i < RECORDS; i++) {
                assertThat(sent.get(i).get().offset()).as("record %d", i).isEqualTo(i);
            }
        }
    }

    private static void assertEachOnceInOrder(String bootstrap) {
        assertThat(KafkaClients.consume(bootstrap, "numbers", 1))
                .containsExactlyElementsOf(
                        IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList());
    }

    @Test
    void p1_connectionsThatBreakUnderAProducerCostNoRecordAndNoOrder() throws Exception {
        int port = freePort();
        try (TestCluster cluster = new TestCluster(directory);
                Cuttable line = new Cuttable(port);
                Broker broker = TestCluster.start(
                        cluster.newCluster(),
                        "listeners",
                        "PLAINTEXT://127.0.0.1:" + port,
                        "advertised.listeners",
                        "PLAINTEXT://" + line.address())) {
            produceUnder(
                    () -> {
                        line.cut();
                        line.mend();
                    },
                    line.address());

            assertEachOnceInOrder(broker.endpoint().toString());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void p4_whatABrokerKnowsOfItsProducersSurvivesSigkill() throws Exception {
        try (BrokerProcess dev = BrokerProcess.dev(directory)) {
            int[] kills = {0};
            produceUnder(
                    () -> {
                        if (kills[0]++ < 2) { // starting a JVM takes its time
                            dev.kill9();
                            dev.restart();
                        }
                    },
                    dev.bootstrap());

            assertEachOnceInOrder(dev.bootstrap());
        }
    }

    @Test
    void p6_aTransactionalProducerIsToldThatThereAreNoTransactions() throws IOException {
        try (TestCluster cluster = new TestCluster(directory);
                Broker broker = TestCluster.start(cluster.newCluster());
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.endpoint().toString(), "transactional.id", "tx"),
                        new StringSerializer(),
                        new StringSerializer())) {
            assertThatThrownBy(producer::initTransactions)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("There are no transactions here");

            assertThat(KafkaClients.produce(broker.endpoint().toString(), "numbers", "0"))
                    .containsExactly(0L);
        }
    }
}
