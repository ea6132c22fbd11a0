package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BrokerLifeTest {

    @TempDir
    static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void dataAndTopicsOutliveARestart() {
        // given
        Map<String, String> settings = cluster.newCluster();
        try (Broker broker = TestCluster.start(settings)) {
            KafkaClients.produce(broker.endpoint().toString(), "kept", "a", "b", "c");
        }

        // when
        try (Broker broker = TestCluster.start(settings)) {
            // then
            String bootstrap = broker.endpoint().toString();
            assertThat(KafkaClients.consume(bootstrap, "kept", 1)).containsExactly("a", "b", "c");
            assertThat(KafkaClients.produce(bootstrap, "kept", "d")).containsExactly(3L);
        }
    }

    @Test
    void healthSaysLiveAndReady() throws Exception {
        try (Broker broker = TestCluster.start(cluster.newCluster())) {
            assertThat(get(broker, "/health/live")).isEqualTo("200 live");
            assertThat(get(broker, "/health/ready")).isEqualTo("200 ready");
            assertThat(get(broker, "/nothing")).startsWith("404");
        }
    }

    private static String get(Broker broker, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + broker.httpPort() + path);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body().strip();
    }

    @Test
    void aBrokerWhoseSessionExpiresRefusesRecordsUntilItLeadsANewTerm() throws Exception {
        // given a broker whose line to ZooKeeper can be cut
        Map<String, String> settings = cluster.newCluster();
        String chroot = settings.get("zookeeper.connect").replaceFirst("^[^/]*", "");
        try (Cuttable line = new Cuttable(cluster.zooKeeperPort());
                Broker broker = TestCluster.start(
                        settings,
                        "zookeeper.connect",
                        line.address() + chroot,
                        "zookeeper.session.timeout.ms",
                        "1000");
                KafkaProducer<String, String> producer =
                        KafkaClients.producer(broker.endpoint().toString());
                Coordination observer = ZooKeeperCoordination.connect(
                        settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system())) {
            producer.send(new ProducerRecord<>("t", 0, null, "before")).get();
            String registration = Paths.broker(1);
            long first = Coordination.await(observer.read(registration))
                    .orElseThrow()
                    .createdZxid();

            // when
            line.cut();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Coordination.await(observer.read(registration)).isEmpty());
            var during = producer.send(new ProducerRecord<>("t", 0, null, "during"));
            line.mend();

            // then the record waits for the new term, and nothing is lost or doubled
            assertThat(during.get().offset()).isEqualTo(1);
            assertThat(KafkaClients.consume(broker.endpoint().toString(), "t", 1))
                    .containsExactly("before", "during");
            assertThat(Coordination.await(observer.read(registration))
                            .orElseThrow()
                            .createdZxid())
                    .isGreaterThan(first);
            String state = new String(
                    Coordination.await(observer.read(Paths.partitionState(new TopicPartition("t", 0))))
                            .orElseThrow()
                            .value(),
                    java.nio.charset.StandardCharsets.UTF_8);
            assertThat(state).contains("\"leader_epoch\":1");
        }
    }

    @Test
    void aTopicWhoseLogIsDamagedCanBeDeletedAndMadeAnew() throws IOException {
        // given a log whose first records are missing
        Map<String, String> settings = cluster.newCluster();
        try (Broker broker = TestCluster.start(settings)) {
            KafkaClients.produce(broker.endpoint().toString(), "damaged", "old");
        }
        Path log = Path.of(settings.get("log.dirs"), "damaged-0", "00000000000000000000.log");
        Files.move(log, log.resolveSibling("00000000000000000007.log"));

        // when
        try (Broker broker = TestCluster.start(settings);
                Admin admin = KafkaClients.admin(broker.endpoint().toString())) {
            KafkaClients.get(admin.deleteTopics(List.of("damaged")).all());

            // then
            assertThat(KafkaClients.produce(broker.endpoint().toString(), "damaged", "new"))
                    .containsExactly(0L);
        }
    }

    @Test
    void dataOfATopicThatZooKeeperDoesNotKnowIsLeftAlone() throws IOException {
        // given a topic whose znodes are gone, without having been deleted
        Map<String, String> settings = cluster.newCluster();
        try (Broker broker = TestCluster.start(settings)) {
            KafkaClients.produce(broker.endpoint().toString(), "lost", "precious");
        }
        TopicName lost = new TopicName("lost");
        TopicPartition partition = new TopicPartition(lost, 0);
        try (Coordination coordination =
                ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system())) {
            Coordination.await(coordination.commit(List.of(
                    new Write.Delete(Paths.partitionState(partition), 0),
                    new Write.Delete(Paths.partition(partition), 0),
                    new Write.Delete(Paths.partitions(lost), 0),
                    new Write.Delete(Paths.topic(lost), 0))));
        }

        // when
        try (Broker broker = TestCluster.start(settings)) {
            KafkaClients.produce(broker.endpoint().toString(), "other", "x");

            // then
            assertThat(Files.isDirectory(Path.of(settings.get("log.dirs"), "lost-0")))
                    .isTrue();
        }
    }

    @Test
    void dataOfAnotherClusterOrBrokerIsNotServed() {
        // given
        Map<String, String> settings = cluster.newCluster();
        Map<String, String> other = cluster.newCluster();
        TestCluster.start(settings).close();
        TestCluster.start(other).close();

        // then
        String data = settings.get("log.dirs");
        assertThatThrownBy(() -> TestCluster.start(other, "log.dirs", data))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("belongs to cluster");
        assertThatThrownBy(() -> TestCluster.start(settings, "broker.id", "2"))
                .hasMessageContaining("belongs to broker 1, this is broker 2");
        assertThatThrownBy(() -> TestCluster.start(cluster.newCluster(), "log.dirs", data))
                .hasMessageContaining("ZooKeeper has no cluster");
    }

    @Test
    void aBrokerThatCannotStartSaysWhyAndLeavesNothingBehind() throws IOException {
        Map<String, String> settings = cluster.newCluster();
        try (Broker first = TestCluster.start(settings)) {
            String port = "PLAINTEXT://127.0.0.1:" + first.endpoint().port();
            String elsewhere = cluster.newCluster().get("log.dirs");

            assertThatThrownBy(() -> TestCluster.start(settings))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining(settings.get("log.dirs"));
            assertThatThrownBy(() -> TestCluster.start(settings, "log.dirs", elsewhere, "listeners", port))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining(
                            "Cannot listen on 127.0.0.1:" + first.endpoint().port());
            assertThatThrownBy(() ->
                            TestCluster.start(settings, "log.dirs", elsewhere, "zookeeper.session.timeout.ms", "1000"))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessage("Broker id 1 is taken by the live broker at " + first.endpoint());
            assertThat(KafkaClients.produce(first.endpoint().toString(), "t", "x"))
                    .containsExactly(0L);
        }
        Map<String, String> noZooKeeper = cluster.newCluster();
        try (Cuttable line = new Cuttable(cluster.zooKeeperPort())) {
            line.cut();
            assertThatThrownBy(() -> TestCluster.start(
                            noZooKeeper, "zookeeper.connect", line.address(), "zookeeper.connection.timeout.ms", "500"))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining(line.address());
        }
        TestCluster.start(noZooKeeper).close(); // its directories were released
    }

    @Test
    void withoutAutomaticCreationAnUnknownTopicIsAnError() {
        try (Broker broker = TestCluster.start(cluster.newCluster(), "auto.create.topics.enable", "false");
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.endpoint().toString(), "max.block.ms", "1000"),
                        new StringSerializer(),
                        new StringSerializer())) {
            assertThatThrownBy(() ->
                            producer.send(new ProducerRecord<>("nowhere", "x")).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("nowhere");
        }
    }
}
