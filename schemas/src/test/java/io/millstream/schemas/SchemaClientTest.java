package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.SchemaException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of the REST API, against servers that answer as they should and as they should not. */
final class SchemaClientTest {

    private static final Schema STRING = Schema.create(Schema.Type.STRING);
    private static final String QUOTED = "\"\\\"string\\\"\"";
    private static final String BODY = "{\"schema\":" + QUOTED + ",\"schemaType\":\"AVRO\"}";

    private final HttpRegistry registry = new HttpRegistry();
    private final List<AutoCloseable> more = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        registry.close();
        for (AutoCloseable each : more) {
            each.close();
        }
    }

    private SchemaClient client(String urls) {
        return SchemaClient.of(SchemaClientSettings.parse(urls));
    }

    private SchemaClient client() {
        return client(registry.url());
    }

    private static SchemaException failure(Runnable call) {
        SchemaException failure = catchThrowableOfType(SchemaException.class, call::run);
        assertThat(failure).isNotNull();
        assertThat(failure.getMessage()).isNotBlank().doesNotContain("\n");
        return failure;
    }

    @Test
    void anIdIsAskedForOnce() {
        registry.on("GET /schemas/ids/7", 200, "{\"schema\":" + QUOTED + "}");
        SchemaClient client = client();

        assertThat(client.find(7)).contains(STRING);
        assertThat(client.find(7)).contains(STRING);
        assertThat(client.find(0)).isEmpty();
        assertThat(client.find(-1)).isEmpty();

        assertThat(registry.asked()).containsExactly("GET /schemas/ids/7");
    }

    @Test
    void anIdThatNobodyHasIsCertainlyNotThere() {
        registry.on("GET /schemas/ids/9", 404, "{\"error_code\":40403,\"message\":\"Schema 9 not found\"}");

        assertThat(client().find(9)).isEmpty();
    }

    @Test
    void aSchemaIsRegisteredOnceForEachSubject() {
        registry.on("POST /subjects/clicks-value/versions", 200, "{\"id\":3}")
                .on("POST /subjects/clicks-key/versions?normalize=true", 200, "{\"id\":4}");
        SchemaClient client = client();

        assertThat(client.register("clicks-value", STRING, false)).isEqualTo(3);
        assertThat(client.register("clicks-value", STRING, false)).isEqualTo(3);
        assertThat(client.idOf("clicks-value", STRING, false)).hasValue(3);
        assertThat(client.register("clicks-key", STRING, true)).isEqualTo(4);

        assertThat(registry.asked())
                .containsExactly(
                        "POST /subjects/clicks-value/versions " + BODY,
                        "POST /subjects/clicks-key/versions?normalize=true " + BODY);
    }

    @Test
    void aSchemaThatIsNoVersionHasNoId() {
        registry.on("POST /subjects/a", 404, "{\"error_code\":40401,\"message\":\"Subject a not found\"}")
                .on("POST /subjects/b", 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}")
                .on("POST /subjects/c", 200, "{\"subject\":\"c\",\"version\":2,\"id\":5,\"schema\":" + QUOTED + "}");

        assertThat(client().idOf("a", STRING, false)).isEmpty();
        assertThat(client().idOf("b", STRING, false)).isEmpty();
        assertThat(client().idOf("c", STRING, false)).hasValue(5);
    }

    @Test
    void subjectsStayOneSegmentWhateverTheyAreCalled() {
        registry.on("POST /subjects/a%2Fb%3Fc%20d/versions", 200, "{\"id\":1}")
                .on("POST /subjects/%2E%2E/versions", 200, "{\"id\":2}");

        assertThat(client().register("a/b?c d", STRING, false)).isEqualTo(1);
        assertThat(client().register("..", STRING, false)).isEqualTo(2);
    }

    @Test
    void referencesAreFetchedBeforeWhatNamesThem() {
        String item = "{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Item\\\",\\\"fields\\\":["
                + "{\\\"name\\\":\\\"unit\\\",\\\"type\\\":\\\"Unit\\\"}]}";
        String unit = "{\\\"type\\\":\\\"enum\\\",\\\"name\\\":\\\"Unit\\\",\\\"symbols\\\":[\\\"KG\\\"]}";
        registry.on(
                        "GET /subjects/orders-value/versions/latest",
                        200,
                        "{\"subject\":\"orders-value\",\"version\":2,\"id\":9,\"schema\":\"{\\\"type\\\":\\\"array\\\","
                                + "\\\"items\\\":\\\"Item\\\"}\",\"references\":[{\"name\":\"Item\",\"subject\":\"item\","
                                + "\"version\":1}]}")
                .on(
                        "GET /subjects/item/versions/1",
                        200,
                        "{\"subject\":\"item\",\"version\":1,\"id\":8,\"schema\":\"" + item
                                + "\",\"references\":[{\"name\":\"Unit\",\"subject\":\"unit\",\"version\":4}]}")
                .on(
                        "GET /subjects/unit/versions/4",
                        200,
                        "{\"subject\":\"unit\",\"version\":4,\"id\":7,\"schema\":\"" + unit + "\"}");

        RegisteredSchema newest = client().newest("orders-value");

        assertThat(newest.version()).isEqualTo(2);
        assertThat(newest.id()).isEqualTo(9);
        assertThat(newest.schema().getElementType().getField("unit").schema().getEnumSymbols())
                .containsExactly("KG");
    }

    @Test
    void referencesInACircleEnd() {
        registry.on(
                        "GET /subjects/a/versions/1",
                        200,
                        "{\"subject\":\"a\",\"version\":1,\"id\":1,\"schema\":\"\\\"B\\\"\",\"references\":[{\"name\":\"B\","
                                + "\"subject\":\"a\",\"version\":1}]}")
                .on(
                        "GET /schemas/ids/1",
                        200,
                        "{\"schema\":\"\\\"B\\\"\",\"references\":[{\"name\":\"B\",\"subject\":\"a\",\"version\":1}]}");

        assertThat(failure(() -> client().find(1)).reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "409, 409, INCOMPATIBLE",
        "422, 42201, INVALID",
        "422, 42299, INVALID",
        "404, 40401, SUBJECT_NOT_FOUND",
        "404, 40499, NOT_FOUND",
        "401, 401, UNAVAILABLE"
    })
    void errorsKeepTheirMeaningAndTheirWords(int status, int code, Reason reason) {
        registry.on(
                "POST /subjects/s/versions",
                status,
                "{\"error_code\":" + code + ",\"message\":\"What\\n is   wrong\"}");

        SchemaException failure = failure(() -> client().register("s", STRING, false));

        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessage("What is wrong");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>404</html>", "{\"status\":404}"})
    void aServerThatIsNoRegistryIsNotTakenForOne(String body) {
        registry.on("GET /schemas/ids/1", 404, body);

        SchemaException failure = failure(() -> client().find(1));

        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("status 404").hasMessageContaining("is it a schema registry?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "[]", "{\"schema\":7}", "{\"schema\":\"nonsense\"}", "{\"schemaType\":\"JSON\"}"})
    void anAnswerThatMakesNoSenseIsNoAnswer(String body) {
        registry.on("GET /schemas/ids/1", 200, body);

        assertThat(failure(() -> client().find(1)).reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void theNextServerIsAskedWhereOneFails() {
        HttpRegistry broken = new HttpRegistry();
        more.add(broken);
        broken.on("GET /schemas/ids/1", 500, "{\"error_code\":50001,\"message\":\"store\"}");
        registry.on("GET /schemas/ids/1", 200, "{\"schema\":" + QUOTED + "}")
                .on("GET /schemas/ids/2", 200, "{\"schema\":" + QUOTED + "}");
        SchemaClient client = client(unused() + "," + broken.url() + "," + registry.url());

        assertThat(client.find(1)).contains(STRING);
        assertThat(client.find(2)).contains(STRING);

        assertThat(broken.asked()).as("the one that answered is asked first").containsExactly("GET /schemas/ids/1");
    }

    @Test
    void whereNobodyAnswersAllAreNamed() {
        String one = unused();
        String two = unused();

        SchemaException failure = failure(() -> client(one + ", " + two + "/").find(1));

        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure)
                .hasMessage("Schema registry " + one + ", " + two + ": " + two.substring("http://".length())
                        + " does not accept connections");
    }

    @Test
    void aDeletionThatMayBeDoneIsNotAskedForAgain() {
        HttpRegistry broken = new HttpRegistry();
        more.add(broken);
        broken.on("DELETE /subjects/s", 500, "");
        SchemaAdmin admin = SchemaAdmin.of(SchemaClientSettings.parse(broken.url() + "," + registry.url()));

        assertThat(failure(() -> admin.deleteSubject("s", false)).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(registry.asked()).isEmpty();
    }

    @Test
    void anAnswerThatDoesNotEndIsGivenUp() {
        CountDownLatch over = new CountDownLatch(1);
        registry.on("GET /schemas/ids/1", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await(over);
            exchange.close();
        });
        SchemaClientSettings settings =
                SchemaClientSettings.parse(registry.url()).withTimeout(Duration.ofMillis(300));

        SchemaException failure = failure(() -> SchemaClient.of(settings).find(1));
        over.countDown();

        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("did not answer within 300 ms");
    }

    @Test
    void anAnswerBeyondAllMeasureIsBrokenOff() {
        registry.on("GET /subjects", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] page = new byte[1 << 20];
            try {
                for (int i = 0; i < 100; i++) {
                    exchange.getResponseBody().write(page);
                }
                throw new AssertionError("All of it was taken");
            } finally {
                exchange.close();
            }
        });
        SchemaAdmin admin = SchemaAdmin.of(SchemaClientSettings.parse(registry.url()));

        assertThat(failure(() -> admin.subjects(false))).hasMessageContaining("more than 33554432 bytes");
    }

    @Test
    void aNameAndAPasswordAreSentAndNeverSaid() {
        registry.on(
                "GET /schemas/ids/1",
                exchange -> HttpRegistry.send(
                        exchange,
                        "Basic YWRhOnMzY3JldA=="
                                        .equals(exchange.getRequestHeaders().getFirst("Authorization"))
                                ? 200
                                : 401,
                        "{\"schema\":" + QUOTED + "}"));
        SchemaClientSettings inUrl =
                SchemaClientSettings.parse(registry.url().replace("http://", "http://ada:s3cret@"));

        assertThat(SchemaClient.of(inUrl).find(1)).contains(STRING);
        assertThat(SchemaClient.of(SchemaClientSettings.parse(registry.url()).withUserInfo("ada:s3cret"))
                        .find(1))
                .contains(STRING);
        assertThat(inUrl.toString()).doesNotContain("s3cret");
        SchemaClientSettings nobody = SchemaClientSettings.parse(unused().replace("http://", "http://ada:s3cret@"));
        assertThat(failure(() -> SchemaClient.of(nobody).find(1)).getMessage()).doesNotContain("s3cret");
    }

    @Test
    void urlsAreChecked() {
        assertThat(SchemaClientSettings.parse(" http://a:1/ , https://b/path/ ").servers())
                .containsExactly(URI.create("http://a:1"), URI.create("https://b/path"));
        for (String wrong :
                List.of("", "a:1", "ftp://a", "http://", "http://a?b", "http://a,,http://b", "http://a b")) {
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> SchemaClientSettings.parse(wrong)))
                    .as(wrong)
                    .hasMessageContaining("http://host:port");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://ada:s3c@ret@host",
                "http://ada:s3c ret@host",
                "http://ada:s3cret@host?b",
                "ada:s3cret@host",
                "http://ada:s3c%ret@host",
                "ada:s3cret@http://host"
            })
    void aUrlThatIsNoneIsQuotedWithoutItsPassword(String wrong) {
        IllegalArgumentException failure =
                catchThrowableOfType(IllegalArgumentException.class, () -> SchemaClientSettings.parse(wrong));

        assertThat(failure).hasMessageContaining("host").hasNoCause();
        assertThat(failure.getMessage()).doesNotContain("s3c").doesNotContain("ret@");
    }

    @Test
    void peopleLookCheckAndConfigure() {
        registry.on("GET /subjects?deleted=true", 200, "[\"a\",\"b\"]")
                .on("GET /subjects/a/versions", 200, "[1,3]")
                .on(
                        "POST /compatibility/subjects/a/versions/latest?verbose=true",
                        200,
                        "{\"is_compatible\":false,\"messages\":[\"no\"]}")
                .on("POST /compatibility/subjects/a/versions?verbose=true", 200, "{\"is_compatible\":true}")
                .on("DELETE /subjects/a/versions/3?permanent=true", 200, "3")
                .on("GET /config/a?defaultToGlobal=true", 200, "{\"compatibilityLevel\":\"FULL\"}")
                .on("GET /config/a", 404, "{\"error_code\":40408,\"message\":\"none\"}")
                .on("PUT /config", 200, "{\"compatibility\":\"NONE\"}");
        SchemaAdmin admin = SchemaAdmin.of(SchemaClientSettings.parse(registry.url()));
        SchemaDefinition schema = SchemaDefinition.of("\"string\"");

        assertThat(admin.subjects(true)).containsExactly("a", "b");
        assertThat(admin.versions("a", false)).containsExactly(1, 3);
        assertThat(admin.check("a", SchemaRegistry.LATEST, schema))
                .isEqualTo(new CompatibilityResult(false, List.of("no")));
        assertThat(admin.check("a", schema)).isEqualTo(new CompatibilityResult(true, List.of()));
        assertThat(admin.deleteVersion("a", 3, true)).isEqualTo(3);
        assertThat(admin.level(Optional.of("a"), true)).contains("FULL");
        assertThat(admin.level(Optional.of("a"), false)).isEmpty();
        admin.setLevel(Optional.empty(), "NONE");
        assertThat(registry.asked()).endsWith("PUT /config {\"compatibility\":\"NONE\"}");
    }

    /** A URL where nobody listens. */
    private static String unused() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
