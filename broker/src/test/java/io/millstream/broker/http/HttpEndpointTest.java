package io.millstream.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HttpEndpointTest {

    private static RawHttp.Answer ask(HttpEndpoint endpoint, String method, String path) {
        try (RawHttp client = RawHttp.connect(endpoint.port())) {
            String answer = client.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .readToEnd();
            int end = answer.indexOf("\r\n\r\n");
            return new RawHttp.Answer(answer.substring(0, end), answer.substring(end + 4));
        }
    }

    @Test
    void headIsGetWithoutABodyAndOptionsSayWhatThereIs() throws IOException {
        RegistryApi api = new RegistryApi(null, "any");
        try (HttpEndpoint endpoint = HttpEndpoint.start("127.0.0.1", 0, Optional::empty, () -> Optional.of(api))) {
            RawHttp.Answer get = ask(endpoint, "GET", "/schemas/types");
            RawHttp.Answer head = ask(endpoint, "HEAD", "/schemas/types");
            RawHttp.Answer options = ask(endpoint, "OPTIONS", "/config");

            assertThat(get.head())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("content-type: application/vnd.schemaregistry.v1+json\r\n")
                    .contains("content-length: 8");
            assertThat(get.body()).isEqualTo("[\"AVRO\"]");
            assertThat(head.head()).isEqualTo(get.head());
            assertThat(head.body()).isEmpty();
            assertThat(options.head())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("allow: DELETE, GET, HEAD, OPTIONS, PUT\r\n");
        }
    }

    @Test
    void beforeTheBrokerHasARegistryItSaysThatItStarts() throws IOException {
        try (HttpEndpoint endpoint =
                HttpEndpoint.start("127.0.0.1", 0, () -> Optional.of("recovering logs"), Optional::empty)) {
            RawHttp.Answer answer = ask(endpoint, "GET", "/subjects");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.head()).contains("retry-after: 1\r\n");
            assertThat(answer.body()).startsWith("{\"error_code\":50003,\"message\":\"The broker is starting");
            assertThat(ask(endpoint, "GET", "/health/live").status()).isEqualTo(200);
            assertThat(ask(endpoint, "GET", "/health/ready").body()).isEqualTo("recovering logs\n");
        }
    }

    /** What guards addresses in front of the broker would let {@code x/subjects} through, and mean another by it. */
    @Test
    void anAddressThatDoesNotBeginWithASlashIsNone() throws IOException {
        RegistryApi api = new RegistryApi(null, "any");
        try (HttpEndpoint endpoint = HttpEndpoint.start("127.0.0.1", 0, Optional::empty, () -> Optional.of(api))) {
            for (String path : List.of("x/schemas/types", "schemas/types", "x/", "x", "*", "?", "x/health/live")) {
                RawHttp.Answer answer = ask(endpoint, "GET", path);

                assertThat(answer.status()).as(path).isEqualTo(400);
                assertThat(answer.body()).as(path).startsWith("{\"error_code\":400,\"message\":\"A path begins with");
            }
            assertThat(ask(endpoint, "OPTIONS", "x").status()).isEqualTo(400);
            assertThat(ask(endpoint, "OPTIONS", "*").head())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("allow: GET, HEAD, OPTIONS, POST\r\n");
            assertThat(ask(endpoint, "GET", "http://any/schemas/types").body()).isEqualTo("[\"AVRO\"]");
        }
    }
}
