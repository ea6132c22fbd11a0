package io.millstream.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all routes have in common: methods, content types, and what is answered without work. */
final class RegistryApiTest {

    private static final String V1 = "application/vnd.schemaregistry.v1+json";

    /** Routes that need no registry are answered without one. */
    private final RegistryApi api = new RegistryApi(null, "any");

    private Step begin(String method, String path, String accept, String contentType) {
        return api.begin(new ApiRequest(method, path, null, accept, contentType, new byte[0]));
    }

    private ApiAnswer answer(String method, String path) {
        return ((Step.Answered) begin(method, path, null, null)).answer();
    }

    private static String anyAddress(String pattern) {
        return pattern.replaceAll("\\{\\w+}", "1");
    }

    @Test
    void everyAddressRefusesTheMethodsThatItDoesNotHaveAndSaysWhichItHas() {
        Map<String, List<Route>> byPattern = api.routes().stream().collect(Collectors.groupingBy(Route::pattern));
        byPattern.forEach((pattern, routes) -> {
            TreeSet<String> allowed = new TreeSet<>(List.of("OPTIONS"));
            routes.forEach(route -> allowed.add(route.method()));
            if (allowed.contains("GET")) {
                allowed.add("HEAD");
            }
            Map<String, String> header = Map.of("allow", String.join(", ", allowed));
            for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get")) {
                if (!allowed.contains(method)) {
                    ApiAnswer refusal = answer(method, anyAddress(pattern));
                    assertThat(refusal.status()).as("%s %s", method, pattern).isEqualTo(405);
                    assertThat(refusal.headers()).as("%s %s", method, pattern).isEqualTo(header);
                }
            }
            ApiAnswer options = answer("OPTIONS", anyAddress(pattern));
            assertThat(options.status()).isEqualTo(200);
            assertThat(options.headers()).isEqualTo(header);
            assertThat(options.body()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "-                                            | application/vnd.schemaregistry.v1+json",
                "''                                           | application/vnd.schemaregistry.v1+json",
                "*/*                                          | application/vnd.schemaregistry.v1+json",
                "application/*                                | application/vnd.schemaregistry.v1+json",
                "text/html, */*;q=0.1                         | application/vnd.schemaregistry.v1+json",
                "application/json                             | application/json",
                "APPLICATION/JSON; charset=utf-8              | application/json",
                "application/vnd.schemaregistry+json          | application/vnd.schemaregistry+json",
                "application/json, application/vnd.schemaregistry.v1+json             | application/vnd.schemaregistry.v1+json",
                "application/json, application/vnd.schemaregistry.v1+json;q=0.5       | application/json",
                "application/vnd.schemaregistry.v1+json;q=0, */*                      | application/vnd.schemaregistry+json",
            })
    void anAnswerHasTheTypeThatIsAskedFor(String accept, String type) {
        ApiAnswer answer = ((Step.Answered) begin("GET", "/schemas/types", accept, null)).answer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "application/xml, text/*",
                "application/json;q=0",
                "application/json;q=none",
                ",",
                "*"
            })
    void whoTakesNoJsonGetsNone(String accept) {
        ApiAnswer answer = ((Step.Answered) begin("GET", "/schemas/types", accept, null)).answer();

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.contentType()).isEqualTo(V1);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).startsWith("{\"error_code\":406,\"message\":");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "-                                                     | true",
                "application/vnd.schemaregistry.v1+json                | true",
                "application/vnd.schemaregistry+json                   | true",
                "Application/Json;charset=utf-8                        | true",
                "application/octet-stream                              | true",
                "application/x-www-form-urlencoded                     | false",
                "text/plain                                            | false",
                "application/jsonp                                     | false",
            })
    void aBodyMustBeJson(String type, boolean read) {
        Step step = begin("POST", "/subjects/any/versions", null, type);

        Optional<ApiAnswer> refusal =
                step instanceof Step.Answered answered ? Optional.of(answered.answer()) : Optional.empty();
        assertThat(refusal.map(ApiAnswer::status)).isEqualTo(read ? Optional.empty() : Optional.of(415));
    }

    @Test
    void aRequestWithoutABodyMayClaimAnyType() {
        assertThat(((Step.Answered) begin("GET", "/schemas/types", null, "text/plain"))
                        .answer()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aDefectIsAnsweredWithoutItsReason() {
        Step step = begin("GET", "/subjects", null, null); // and there is no registry

        ApiAnswer answer = ((Step.Work) step).work().get();
        assertThat(answer.status()).isEqualTo(500);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .doesNotContain("Null")
                .doesNotContain("at io.");
    }
}
