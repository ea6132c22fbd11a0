package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.server.RawClient;
import io.millstream.wire.ApiKey;
import io.millstream.wire.message.ApiVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker claims in ApiVersions is what it answers, and what the documents say. */
final class AnsweredApisTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "protocol.md");
    private static final String BEGIN = "prints what belongs here -->\n";
    private static final String END = "<!-- end of unanswered -->";

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Broker broker;
    private static List<ApiVersions.Window> claimed;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        broker = TestCluster.start(cluster.newCluster());
        try (RawClient client = connect()) {
            claimed = client.ask(new ApiVersions.Request("test", "1"), ApiVersions.Response.class)
                    .apis();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
        cluster.close();
    }

    private static RawClient connect() {
        return RawClient.connect(broker.endpoint().port());
    }

    private static Set<ApiKey> claimedKeys() {
        return claimed.stream()
                .map(window -> ApiKey.of(window.apiKey()).orElseThrow())
                .collect(Collectors.toSet());
    }

    @Test
    void anApiThatIsNotClaimedClosesTheConnection() {
        Set<ApiKey> keys = claimedKeys();
        for (ApiKey key : ApiKey.values()) {
            if (!keys.contains(key)) {
                try (RawClient client = connect()) {
                    client.sendBytes(RawClient.header(key.id(), key.max(), 1));
                    client.assertHungUp();
                }
            }
        }
    }

    @Test
    void theWindowsAreTheTables() {
        assertThat(claimed).allSatisfy(window -> {
            ApiKey key = ApiKey.of(window.apiKey()).orElseThrow();
            assertThat(window).isEqualTo(new ApiVersions.Window(key.id(), key.advertisedMin(), key.max()));
        });
    }

    @Test
    void theDocumentSaysWhatIsNotAnswered() throws IOException {
        String document = Files.readString(DOCUMENT);

        int end = document.indexOf(END);
        String said = document.substring(document.lastIndexOf(BEGIN, end) + BEGIN.length(), end);

        assertThat(said.strip().replace('\n', ' ')).isEqualTo(sentence(claimedKeys()));
    }

    private static String sentence(Set<ApiKey> answered) {
        String missing = Arrays.stream(ApiKey.values())
                .filter(key -> !answered.contains(key))
                .map(AnsweredApisTest::name)
                .sorted()
                .collect(Collectors.joining(", "));
        return missing.isEmpty() ? "All of them are answered." : "Not answered yet: " + missing + ".";
    }

    private static String name(ApiKey key) {
        return Arrays.stream(key.name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }
}
