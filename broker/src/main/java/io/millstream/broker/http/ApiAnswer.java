package io.millstream.broker.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedSet;

/**
 * What a request to the schema registry is answered with.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param headers others than the content type's
 * @param body may be empty
 */
public record ApiAnswer(int status, String contentType, Map<String, String> headers, byte[] body) {

    private static final byte[] NOTHING = {};

    static ApiAnswer json(JsonNode json) {
        return new ApiAnswer(200, MediaTypes.V1, Map.of(), Json.bytes(json));
    }

    /** A schema's own text, which is JSON as its author wrote it. */
    static ApiAnswer text(String json) {
        return new ApiAnswer(200, MediaTypes.V1, Map.of(), json.getBytes(StandardCharsets.UTF_8));
    }

    static ApiAnswer options(SortedSet<String> allowed) {
        return new ApiAnswer(200, MediaTypes.V1, Map.of("allow", String.join(", ", allowed)), NOTHING);
    }

    static ApiAnswer refusal(ApiException refusal) {
        JsonNode json =
                Json.object().put("error_code", refusal.errorCode()).put("message", Json.oneLine(refusal.getMessage()));
        return new ApiAnswer(refusal.status(), MediaTypes.V1, refusal.headers(), Json.bytes(json));
    }

    ApiAnswer as(String type) {
        return new ApiAnswer(status, type, headers, body);
    }
}
