package io.millstream.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.SchemaRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route, method and error code of the API: {@code registry-api.txt}, line by line. */
final class RegistryApiTableTest {

    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    static Path directory;

    private static EmbeddedZooKeeper zooKeeper;

    @BeforeAll
    static void start() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
    }

    @AfterAll
    static void stop() {
        zooKeeper.close();
    }

    static List<ApiTable.Story> stories() {
        return ApiTable.read();
    }

    @ParameterizedTest
    @MethodSource("stories")
    void eachLineIsAnsweredAsItSays(ApiTable.Story story) throws IOException {
        String chroot = "/" + story.title().hashCode();
        try (Coordination coordination =
                ZooKeeperCoordination.connect(zooKeeper.connectString() + chroot, 10_000, 20_000, Clock.system())) {
            RegistryApi api = new RegistryApi(new SchemaRegistry(coordination), "the-cluster");
            for (ApiTable.Row row : story.rows()) {
                check(row, ask(api, row));
            }
        }
    }

    private static void check(ApiTable.Row row, ApiAnswer answer) throws IOException {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.status()).as("%s, answered with %s", row, text).isEqualTo(row.status());
        JsonNode json = MAPPER.readTree(text);
        if (row.status() != 200) {
            assertThat(json.path("error_code").intValue())
                    .as("%s, answered with %s", row, text)
                    .isEqualTo(Integer.parseInt(row.answer()));
            assertThat(json.path("message").textValue())
                    .as("message of %s", row)
                    .isNotBlank()
                    .doesNotContain("\n");
        } else if (!row.answer().equals("-")) {
            assertThat(json).as("%s", row).isEqualTo(MAPPER.readTree(row.answer()));
        }
    }

    private static ApiAnswer ask(RegistryApi api, ApiTable.Row row) {
        String[] parts = row.path().split("\\?", 2);
        Step step = api.begin(new ApiRequest(
                row.method(),
                parts[0],
                parts.length > 1 ? parts[1] : null,
                null,
                "application/vnd.schemaregistry.v1+json",
                row.body().getBytes(StandardCharsets.UTF_8)));
        return step instanceof Step.Work work ? work.work().get() : ((Step.Answered) step).answer();
    }

    @Test
    void everyRouteIsTakenAndEveryCodeIsMet() {
        Set<String> taken = new TreeSet<>();
        Set<Integer> met = new TreeSet<>();
        List<Route> routes = new RegistryApi(null, "any").routes();
        for (ApiTable.Row row :
                stories().stream().flatMap(story -> story.rows().stream()).toList()) {
            if (row.status() == 200) {
                routes.stream().filter(route -> isOf(row, route)).forEach(route -> taken.add(name(route)));
            } else {
                met.add(Integer.parseInt(row.answer()));
            }
        }
        assertThat(taken)
                .containsExactlyInAnyOrderElementsOf(
                        routes.stream().map(RegistryApiTableTest::name).toList());
        EnumSet<Reason> others = EnumSet.of(Reason.UNAVAILABLE, Reason.TIMED_OUT); // met where ZooKeeper is away
        Stream<Integer> codes = Arrays.stream(Reason.values())
                .filter(each -> !others.contains(each))
                .map(Reason::code);
        assertThat(met).containsAll(codes.toList()).contains(400, 404, 405, 422, 42210);
    }

    private static boolean isOf(ApiTable.Row row, Route route) {
        return row.method().equals(route.method())
                && route.match(PercentEncoding.segments(row.path().split("\\?", 2)[0]))
                        .isPresent();
    }

    private static String name(Route route) {
        return route.method() + " " + route.pattern();
    }
}
