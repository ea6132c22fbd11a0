package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

    private SchemaText() {}

    /**
     * Reads a schema in Avro's JSON form.
     *
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or too long, or nested too deeply
     */
    public static Schema parse(String text) {
        requireBounded(text);
        try {
            return new Schema.Parser().parse(text);
        } catch (RuntimeException e) {
            throw new SchemaException(Reason.INVALID, "Not an Avro schema: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            // The depth of the text is bounded, but a default value can lead the parser round in circles.
            throw new SchemaException(Reason.INVALID, "Not a usable Avro schema: it has no end", e);
        }
    }

    /**
     * The text by which a schema is known: without the white space of its author, but with everything else that he said,
     * also what Avro's "parsing canonical form" leaves out (documentation, defaults, aliases, logical types, properties).
     *
     * @throws SchemaException ({@link Reason#INVALID}) if it is too long or nested too deeply
     */
    public static String canonical(Schema schema) {
        String text;
        try {
            text = schema.toString();
        } catch (StackOverflowError e) {
            throw new SchemaException(Reason.INVALID, "The schema is nested too deeply", e);
        }
        requireBounded(text);
        return text;
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
