package io.millstream.coordination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * JSON documents as they lie in ZooKeeper (and in manifests): records in snake_case with a {@code version} field that
 * says which format they have. Unknown fields are ignored, so that brokers of two releases can run side by side; an
 * unknown higher version is refused.
 */
public final class Document {

    /** The only format so far, of every kind of document. */
    public static final int VERSION = 1;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, true)
            .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true)
            .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
            .build();

    private Document() {}

    /** {@code document}, a record, as JSON with the version in front. */
    public static byte[] write(Object document) {
        ObjectNode json = MAPPER.createObjectNode().put("version", VERSION);
        json.setAll((ObjectNode) MAPPER.valueToTree(document));
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot write " + document.getClass().getSimpleName() + " as JSON", e);
        }
    }

    /**
     * Reads a document.
     *
     * @param where its path, for messages
     * @throws CoordinationException ({@link CoordinationException.Reason#REFUSED}) if it is not a document of this type, or
     *     of a version that this release does not know
     */
    public static <T> T read(byte[] json, Class<T> type, String where) {
        try {
            JsonNode tree = MAPPER.readTree(json);
            int version = tree.path("version").asInt(-1);
            if (version > VERSION) {
                throw refused(
                        where + " has format version " + version + ", this release knows up to " + VERSION
                                + ": upgrade it",
                        null);
            }
            if (version < 1) {
                throw refused(where + " is not a document with a version", null);
            }
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) { // whose message has lines on where it is and how it got there
            throw refused(where + " cannot be read as " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw refused(where + " cannot be read as " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    private static CoordinationException refused(String message, Throwable cause) {
        return new CoordinationException(CoordinationException.Reason.REFUSED, message, cause);
    }
}
