package io.millstream.broker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** The API's JSON, as trees: no class is bound to it, so nothing but the named fields is ever looked at. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("A tree can always be written", e);
        }
    }

    /**
     * Reads a request's body, which must be a JSON object.
     *
     * @throws ApiException if there is none (422), or it is something else (400)
     */
    static ObjectNode read(byte[] body) {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw ApiException.malformed("The body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ApiException.malformed("The body cannot be read: " + e.getMessage());
        }
        if (json == null || json.isMissingNode() || json.isNull()) {
            throw new ApiException(422, 422, "The request needs a body: a JSON object");
        }
        if (json instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.malformed("The body is JSON, but no object");
    }

    /** A message of somebody else's, without the line breaks that would forge lines in a log. */
    static String oneLine(String message) {
        return message == null ? "" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
