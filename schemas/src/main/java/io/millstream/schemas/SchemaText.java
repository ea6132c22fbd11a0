package io.millstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.StoredReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Schemas as text, from people who may mean no good: size and depth are bounded before Avro's parser, which recurses, sees
 * it. Nothing in a schema loads a class: names are only names, and {@code java-class} and its like are only properties.
 */
public final class SchemaText {

    /** Longest text of a schema, in bytes as UTF-8: escaped in a document, it still fits a znode. */
    public static final int MAX_BYTES = 256 * 1024;

    /** How deep the objects and lists of a schema's JSON may be nested. */
    public static final int MAX_DEPTH = 400;

    private static final ObjectMapper SORTING = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private SchemaText() {}

    /**
     * Reads a schema in Avro's JSON form.
     *
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or too long, or nested too deeply
     */
    public static Schema parse(String text) {
        return parse(text, List.of(), List.of()).schema();
    }

    /**
     * Reads a schema whose text names types of others.
     *
     * @param references of the text
     * @param referenced the texts of all that is referred to, each after those that it names types of itself
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or too long, or nested too deeply
     */
    static ParsedSchema parse(String text, List<StoredReference> references, List<String> referenced) {
        requireBounded(text);
        try {
            Schema.Parser parser = new Schema.Parser();
            referenced.forEach(parser::parse);
            Collection<Schema> others = List.copyOf(parser.getTypes().values());
            Schema schema = parser.parse(text);
            return ParsedSchema.of(schema, canonical(schema, others), references);
        } catch (SchemaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SchemaException(Reason.INVALID, "Not an Avro schema: " + oneLine(e), e);
        } catch (StackOverflowError e) {
            // The depth of the text is bounded, but a default value can lead the parser round in circles.
            throw new SchemaException(Reason.INVALID, "Not a usable Avro schema: it has no end", e);
        }
    }

    private static String oneLine(RuntimeException failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
    }

    /**
     * The text by which a schema is known: without the white space of its author, but with everything else that he said,
     * also what Avro's "parsing canonical form" leaves out (documentation, defaults, aliases, logical types, properties).
     *
     * @throws SchemaException ({@link Reason#INVALID}) if it is too long or nested too deeply
     */
    public static String canonical(Schema schema) {
        return canonical(schema, List.of());
    }

    @SuppressWarnings(
            "deprecation") // Avro has nothing else that writes a name where a type of another schema is meant.
    private static String canonical(Schema schema, Collection<Schema> others) {
        String text;
        try {
            text = others.isEmpty() ? schema.toString() : schema.toString(others, false);
        } catch (StackOverflowError e) {
            throw new SchemaException(Reason.INVALID, "The schema is nested too deeply", e);
        }
        requireBounded(text);
        return text;
    }

    /** A canonical text with the properties of all its objects in alphabetical order; Avro puts its own in another. */
    static String sorted(String canonical) {
        try {
            return SORTING.writeValueAsString(SORTING.treeToValue(SORTING.readTree(canonical), Object.class));
        } catch (JsonProcessingException e) {
            throw new SchemaException(Reason.INVALID, "Not an Avro schema: " + e.getOriginalMessage(), e);
        }
    }

    /** A demo's click: who went where from where, and when. */
    public static Schema click() {
        try (InputStream in = SchemaText.class.getResourceAsStream("click.avsc")) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireBounded(String text) {
        if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new SchemaException(
                    Reason.INVALID, "A schema can have " + MAX_BYTES + " bytes of text; this one has more", null);
        }
        if (depth(text) > MAX_DEPTH) {
            throw new SchemaException(
                    Reason.INVALID, "A schema's JSON can be nested " + MAX_DEPTH + " deep; this one is deeper", null);
        }
    }

    /** How deep the objects and lists of a JSON text are nested; of a text that is no JSON, any number. */
    private static int depth(String json) {
        int depth = 0;
        int deepest = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted) {
                i += c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return deepest;
    }
}
