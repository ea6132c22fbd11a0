package io.millstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.clients.Program;
import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dev}, {@code zookeeper} and {@code broker} as users run them, in processes of their own. */
final class DevTest {

    @TempDir
    Path directory;

    @Test
    void kcatProducesConsumesAndReadsMetadataThroughKill9AndStop() throws Exception {
        Program kcat = Program.onPath("kcat", "Debian's package kcat");
        try (BrokerProcess dev = BrokerProcess.dev(directory)) {
            // when
            kcat.feed("one\ntwo\n", "-P", "-b", dev.bootstrap(), "-t", "words", "-p", "0", "-z", "lz4");

            // then
            assertThat(read(kcat, dev)).isEqualTo("one\ntwo\n");
            assertThat(kcat.run("-L", "-b", dev.bootstrap()))
                    .contains("broker 1 at " + dev.bootstrap() + " (controller)")
                    .contains("topic \"words\" with 1 partitions");

            // when
            dev.kill9();
            dev.restart();
            kcat.feed("three\n", "-P", "-b", dev.bootstrap(), "-t", "words", "-p", "0");

            // then
            assertThat(read(kcat, dev)).isEqualTo("one\ntwo\nthree\n");
            assertThat(dev.terminate()).isZero();
        }
    }

    private static String read(Program kcat, BrokerProcess dev) {
        return kcat.run("-C", "-b", dev.bootstrap(), "-t", "words", "-o", "beginning", "-e", "-q");
    }

    @Test
    void devPrintsOneLineAnswersHealthAndLeavesNothingBehind() throws Exception {
        List<String> temporary = List.of("-Djava.io.tmpdir=" + directory);
        try (BrokerProcess dev =
                BrokerProcess.run(temporary, "dev", "--port", "0", "--zookeeper-port", "0", "--http-port", "0")) {
            // then
            assertThat(dev.output())
                    .isEqualTo("ready bootstrap=" + dev.bootstrap() + " zookeeper=" + dev.zookeeper() + " http="
                            + dev.http() + "\n");
            assertThat(Stream.of(dev.bootstrap(), dev.zookeeper(), dev.http()))
                    .allMatch(at -> at.startsWith("127.0.0.1:"));
            HttpResponse<String> live = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://" + dev.http() + "/health/live"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(live.statusCode()).isEqualTo(200);

            // when
            assertThat(dataDirectories()).isNotEmpty();
            int code = dev.terminate();

            // then
            assertThat(code).isZero();
            assertThat(dev.output().lines()).hasSize(1);
            assertThat(dataDirectories()).isEmpty();
        }
    }

    private List<Path> dataDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("millstream-dev-"))
                    .toList();
        }
    }

    @Test
    void zooKeeperAndBrokerRunApartAndTheBrokerComesBackAtOnceAfterKill9() {
        try (BrokerProcess zooKeeper = BrokerProcess.run(
                        "zookeeper",
                        "--port",
                        "0",
                        "--data",
                        directory.resolve("zookeeper").toString());
                BrokerProcess broker = BrokerProcess.run(
                        "broker",
                        "--set",
                        "zookeeper.connect=" + zooKeeper.zookeeper() + "/apart",
                        "--set",
                        "zookeeper.session.timeout.ms=100000", // far longer than this test may take
                        "--set",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "--set",
                        "http.port=-1",
                        "--set",
                        "log.dirs=" + directory.resolve("data"))) {
            assertThat(broker.http()).isEqualTo("none");

            // when
            broker.kill9();
            broker.restart();

            // then
            assertThat(broker.isAlive()).isTrue();
            assertThat(broker.terminate()).isZero();
            assertThat(zooKeeper.terminate()).isZero();
        }
    }

    @Test
    void threeBrokersServeInASmallHeapAndTheirTopicsAreSpread() {
        try (BrokerProcess dev = BrokerProcess.run(
                List.of("-Xmx128m"),
                "dev",
                "--brokers",
                "3",
                "--data",
                directory.toString(),
                "--port",
                "0",
                "--zookeeper-port",
                "0",
                "--http-port",
                "0")) {
            assertThat(dev.bootstrap().split(",", -1)).hasSize(3).doesNotHaveDuplicates();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", dev.bootstrap()))) {
                // when
                admin.createTopics(List.of(new NewTopic("spread", Optional.of(6), Optional.empty())))
                        .all()
                        .get(60, TimeUnit.SECONDS);

                // then
                assertThat(admin.describeCluster().nodes().get(60, TimeUnit.SECONDS))
                        .extracting(node -> node.id() + "@" + node.host() + ":" + node.port())
                        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 3)
                                .mapToObj(id -> id + "@" + dev.bootstrap().split(",", -1)[id - 1])
                                .toList());
                List<TopicPartitionInfo> partitions = admin.describeTopics(List.of("spread"))
                        .allTopicNames()
                        .get(60, TimeUnit.SECONDS)
                        .get("spread")
                        .partitions();
                assertThat(partitions)
                        .extracting(partition -> partition.leader().id())
                        .containsExactlyInAnyOrder(1, 1, 2, 2, 3, 3);
                assertThat(partitions)
                        .allMatch(partition -> partition.replicas().size() == 3);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError(e);
            }
            assertThat(dev.terminate()).isZero();
            assertThat(dev.output().lines()).hasSize(1);
        }
    }
}
