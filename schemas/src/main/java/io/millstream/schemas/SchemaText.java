package io.millstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.StoredReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Schemas as text, from people who may mean no good: size and depth are bounded before Avro's parser, which recurses, sees
 * it. Nothing in a schema loads a class: names are only names, and {@code java-class} and its like are only properties.
 */
public final class SchemaText {

    /** Longest text of a schema, in bytes as UTF-8. */
    public static final int MAX_BYTES = SchemaLimits.MAX_BYTES;

    /** How deep the objects and lists of a schema's JSON may be nested. */
    public static final int MAX_DEPTH = SchemaLimits.MAX_JSON_DEPTH;

    private static final ObjectMapper SORTING = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private SchemaText() {}

    /**
     * Reads a schema in Avro's JSON form.
     *
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or beyond {@link SchemaLimits}
     */
    public static Schema parse(String text) {
        return parse(text, List.of(), List.of()).schema();
    }

    /**
     * Reads a schema whose text names types of others.
     *
     * @param references of the text
     * @param referenced the texts of all that is referred to, each after those that it names types of itself
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or beyond {@link SchemaLimits}
     */
    static ParsedSchema parse(String text, List<StoredReference> references, List<String> referenced) {
        List<String> all = new ArrayList<>(referenced);
        all.add(text);
        SchemaLimits.checkTexts(all);
        ParsedSchema parsed = read(text, references, referenced);
        SchemaLimits.check(parsed.schema());
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(parsed.text())) {
            // Its hash would be that of the same text with question marks.
            throw new SchemaException(
                    Reason.INVALID, "The schema has half a surrogate pair, which is no text in UTF-8", null);
        }
        return parsed;
    }

    /** As {@link #parse(String, List, List)}, of what was checked before, maybe by a release with other limits. */
    static ParsedSchema read(String text, List<StoredReference> references, List<String> referenced) {
        SchemaLimits.checkBounds(text);
        try {
            Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
            referenced.forEach(parser::parse);
            Collection<Schema> others = List.copyOf(parser.getTypes().values());
            Schema schema = parser.parse(text);
            return ParsedSchema.of(schema, canonical(schema, others), references);
        } catch (SchemaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SchemaException(Reason.INVALID, "Not an Avro schema: " + oneLine(e), e);
        } catch (StackOverflowError e) {
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

    // Deprecated, but Avro has nothing else that writes a name where a type of another schema is meant.
    @SuppressWarnings("deprecation")
    private static String canonical(Schema schema, Collection<Schema> others) {
        String text;
        try {
            text = others.isEmpty() ? schema.toString() : schema.toString(others, false);
        } catch (StackOverflowError e) {
            throw new SchemaException(Reason.INVALID, "The schema is nested too deeply", e);
        }
        SchemaLimits.checkBounds(text);
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
}
