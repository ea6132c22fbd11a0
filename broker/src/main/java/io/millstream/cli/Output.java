package io.millstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import picocli.CommandLine;

/** What commands print that answer once: text for people, or JSON. */
final class Output {

    /** Numbers stay as they were written: another default would be another schema. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Output() {}

    static void line(CommandLine command, Object text) {
        command.getOut().println(text);
        command.getOut().flush();
    }

    /** One object on one line, its fields in the order of the map. */
    static void json(CommandLine command, Map<String, ?> fields) {
        line(command, write(JSON, fields));
    }

    /** A JSON text with line breaks; what is no JSON stays as it is. */
    static String pretty(String json) {
        try {
            return write(JSON.copy().enable(SerializationFeature.INDENT_OUTPUT), JSON.readTree(json));
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    /** A JSON text as a tree, to stand among other JSON. */
    static Object tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write " + value.getClass() + " as JSON", e);
        }
    }
}
