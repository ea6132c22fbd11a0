package io.millstream.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.schemas.SchemaRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S4, over HTTP: names of subjects are decoded once, stay apart, and never leave their znode. */
final class S4SubjectNamesTest {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String INT = "{\"schema\":\"\\\"int\\\"\"}";
    private static final String LONGEST = "\u00fc\u6c34".repeat(SchemaRegistry.MAX_SUBJECT_LENGTH / 2);

    /** Odd, and legal. */
    private static final List<String> NAMES = List.of(
            ".",
            "..",
            "...",
            "/",
            "//",
            "a/b",
            "a%2Fb",
            "a%252Fb",
            "%2f",
            "%2e%2e",
            "../../config",
            "..%2f..",
            "a/../b",
            "\\",
            "a b",
            " ",
            "a+b",
            "a&b=c?d#e;f",
            "{subject}",
            ":",
            ":a",
            ":*:a",
            "a.b",
            "a_b",
            "a-b",
            "A",
            "a",
            "\u00e9",
            "e\u0301",
            "\ud834\udd1e",
            "\u202eabc",
            "a\u2028b",
            "zookeeper",
            "latest",
            "versions",
            "-1",
            "null",
            "\"",
            "'",
            "<script>",
            "x".repeat(250),
            "x".repeat(251),
            LONGEST);

    @TempDir
    Path directory;

    private EmbeddedZooKeeper zooKeeper;
    private Coordination coordination;
    private HttpEndpoint endpoint;
    private RawHttp client;

    @BeforeEach
    void start() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
        coordination =
                ZooKeeperCoordination.connect(zooKeeper.connectString() + "/here", 10_000, 20_000, Clock.system());
        RegistryApi api = new RegistryApi(new SchemaRegistry(coordination), "any");
        endpoint = HttpEndpoint.start("127.0.0.1", 0, Optional::empty, () -> Optional.of(api));
        client = RawHttp.connect(endpoint.port());
    }

    @AfterEach
    void stop() {
        client.close();
        endpoint.close();
        coordination.close();
        zooKeeper.close();
    }

    private static String encoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02X", octet & 0xff));
        }
        return encoded.toString();
    }

    private RawHttp.Answer register(String encodedName) {
        return client.send("POST /subjects/" + encodedName + "/versions HTTP/1.1\r\nHost: a\r\nContent-Length: "
                        + INT.length() + "\r\n\r\n" + INT)
                .read();
    }

    private RawHttp.Answer put(String path, String body) {
        return client.send(
                        "PUT " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .read();
    }

    private List<String> everyZnode(String path) {
        List<String> paths = new ArrayList<>(List.of(path));
        for (String child : Coordination.await(coordination.children(path))) {
            paths.addAll(everyZnode((path.equals("/") ? "" : path) + "/" + child));
        }
        return paths;
    }

    @Test
    void oddNamesAreNamesLikeAnyOther() throws IOException {
        for (String name : NAMES) {
            assertThat(register(encoded(name)).body()).as(name).isEqualTo("{\"id\":1}");
        }

        List<String> listed =
                List.of(MAPPER.readValue(client.get("/subjects").read().body(), String[].class));
        assertThat(listed).containsExactlyInAnyOrderElementsOf(NAMES);
        for (String name : NAMES) {
            String version = client.get("/subjects/" + encoded(name) + "/versions/1")
                    .read()
                    .body();
            assertThat(MAPPER.readTree(version).path("subject").textValue()).isEqualTo(name);
        }
        assertThat(Coordination.await(coordination.children("/"))).containsExactly("schemas");
        TreeSet<String> expected = new TreeSet<>();
        NAMES.forEach(name -> expected.add(Paths.SCHEMAS + "/subjects/" + Paths.segment(name)));
        assertThat(everyZnode(Paths.SCHEMAS + "/subjects"))
                .containsAll(expected)
                .hasSize(expected.size() + 1);
    }

    @Test
    void whatIsNoNameLeavesNoTrace() {
        assertThat(register("fine").status()).isEqualTo(200);
        List<String> before = everyZnode("/");
        for (String name :
                List.of("\0", "a\0b", "a\nb", "\r\n", "\u0085", "\u007f", "__GLOBAL", "__EMPTY", LONGEST + "x")) {
            assertThat(register(encoded(name)).body()).as(name).startsWith("{\"error_code\":42208,");
            assertThat(put("/config/" + encoded(name), "{\"compatibility\":\"NONE\"}")
                            .body())
                    .as(name)
                    .startsWith("{\"error_code\":42208,");
            assertThat(put("/mode/" + encoded(name), "{\"mode\":\"READONLY\"}").body())
                    .as(name)
                    .startsWith("{\"error_code\":42208,");
        }
        for (String notUtf8 : List.of("%ff", "%C0%AF", "%ED%A0%80", "%F5%80%80%80", "%", "%4", "%zz", "\u00ff")) {
            assertThat(register(notUtf8).status()).as(notUtf8).isEqualTo(400);
        }
        assertThat(register("").status()).isEqualTo(404);
        assertThat(everyZnode("/")).isEqualTo(before);
    }

    @Test
    void lookAlikesAreDeletedEachByItself() {
        List<String> alike = List.of("a.b", "a_b", "a/b", "a%2Fb", "a%252Fb");
        alike.forEach(name -> register(encoded(name)));

        client.send("DELETE /subjects/" + encoded("a/b") + " HTTP/1.1\r\nHost: a\r\n\r\n")
                .read();

        assertThat(client.get("/subjects").read().body()).isEqualTo("[\"a%252Fb\",\"a%2Fb\",\"a.b\",\"a_b\"]");
    }
}
