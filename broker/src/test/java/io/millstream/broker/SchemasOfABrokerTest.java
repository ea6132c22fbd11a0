package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schema registry as brokers serve it. */
final class SchemasOfABrokerTest {

    private static final String INT = "{\"schema\":\"\\\"int\\\"\"}";

    @TempDir
    static Path directory;

    private static TestCluster cluster;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static HttpRequest.Builder to(Broker broker, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker.httpPort() + path));
    }

    private String ask(HttpRequest request) {
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body().strip();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String get(Broker broker, String path) {
        return ask(to(broker, path).build());
    }

    private String register(Broker broker, String subject) {
        return ask(to(broker, "/subjects/" + subject + "/versions")
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(INT))
                .build());
    }

    @Test
    void everyBrokerServesTheSameSchemasAndAStartAsksForNone() {
        Map<String, String> settings = cluster.newCluster();
        String second = settings.get("log.dirs") + "-2";
        try (Broker one = TestCluster.start(settings);
                Broker two = TestCluster.start(settings, "broker.id", "2", "log.dirs", second);
                Coordination observer = ZooKeeperCoordination.connect(
                        settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system())) {
            assertThat(Coordination.await(observer.read(Paths.SCHEMAS))).isEmpty();

            assertThat(register(one, "first")).isEqualTo("200 {\"id\":1}");
            assertThat(get(two, "/schemas/ids/1")).isEqualTo("200 {\"schema\":\"\\\"int\\\"\"}");
            assertThat(get(two, "/subjects")).isEqualTo("200 [\"first\"]");
            assertThat(register(two, "second")).isEqualTo("200 {\"id\":1}");
            await().untilAsserted(() -> assertThat(get(one, "/subjects")).isEqualTo("200 [\"first\",\"second\"]"));
            assertThat(get(one, "/v1/metadata/id")).isEqualTo(get(two, "/v1/metadata/id"));
        }
    }

    @Test
    void whileZooKeeperIsAwayWhatIsKnownIsReadAndTheRestIsToldInOneLine() throws IOException {
        // given a broker whose line to ZooKeeper can be cut, and that has read a schema
        Map<String, String> settings = cluster.newCluster();
        String chroot = settings.get("zookeeper.connect").replaceFirst("^[^/]*", "");
        try (Cuttable line = new Cuttable(cluster.zooKeeperPort());
                Broker broker = TestCluster.start(
                        settings,
                        "zookeeper.connect",
                        line.address() + chroot,
                        "zookeeper.connection.timeout.ms",
                        "2000")) {
            register(broker, "known");
            assertThat(get(broker, "/schemas/ids/1")).startsWith("200 ");

            // when
            line.cut();

            // then
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(register(broker, "unknown"))
                    .startsWith("500 {\"error_code\":50001,"));
            assertThat(register(broker, "unknown")).doesNotContain("\\n");
            assertThat(get(broker, "/schemas/ids/1")).isEqualTo("200 {\"schema\":\"\\\"int\\\"\"}");
            assertThat(get(broker, "/schemas/ids/1/schema")).isEqualTo("200 \"int\"");
            assertThat(get(broker, "/schemas/types")).isEqualTo("200 [\"AVRO\"]");
            assertThat(get(broker, "/health/live")).isEqualTo("200 live");

            // and when it is back
            line.mend();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(register(broker, "unknown")).isEqualTo("200 {\"id\":1}"));
        }
    }
}
