package io.millstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millstream.schemas.SchemaException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * How large a schema may be. Its text comes from people who may mean no good, and Avro's parser recurses, walks over all that
 * a type leads to for each type, and expands defaults as often as they are spoken of. So:
 *
 * <ol>
 *   <li>{@link #checkTexts} before anything is parsed: it counts, with no more than a tree of JSON;
 *   <li>then the parser, told {@linkplain Schema.Parser#setValidateDefaults not to validate defaults};
 *   <li>{@link #check}, which validates defaults in its place, and finds what only names lead to.
 * </ol>
 *
 * <p>What passes costs the parser, a check of {@link Compatibility} and a reader less than a second and 1 MiB of stack. All
 * failures are {@link SchemaException}s ({@link Reason#INVALID}) that name the limit. Stateless.
 */
public final class SchemaLimits {

    /** Longest text of a schema, in bytes as UTF-8: escaped in a document, it still fits a znode. */
    public static final int MAX_BYTES = 256 * 1024;

    /** How deep the objects and lists of a schema's JSON may be nested. */
    public static final int MAX_JSON_DEPTH = 400;

    /** Most branches of a union. */
    public static final int MAX_BRANCHES = 1000;

    /** Most records, enums and fixed, with those of references. */
    public static final int MAX_TYPES = 1000;

    /** Most fields, with those of references. */
    public static final int MAX_FIELDS = 10_000;

    /** Most parts of all kinds, with those of references: each mention of a type. */
    public static final int MAX_PARTS = 100_000;

    /** Most symbols of an enum. */
    public static final int MAX_SYMBOLS = 10_000;

    /** Most aliases, of types and fields together. */
    public static final int MAX_ALIASES = 10_000;

    /** Most versions of other subjects that a schema refers to, directly or through others. */
    public static final int MAX_REFERENCES = 200;

    /** How deep types may lie in each other, also where only names lead there: a union or list counts like a record. */
    public static final int MAX_NESTING = 500;

    /** Most values that a field's default may stand for, with the defaults that it leaves to be filled in. */
    public static final int MAX_DEFAULT_VALUES = 10_000;

    /** Avro's parser walks from each type to all that it leads to: so many steps at most, which take it half a second. */
    static final long MAX_PARSER_STEPS = 2_000_000;

    /** Avro's parser allows comments, too. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    private SchemaLimits() {}

    /**
     * Checks all that one parser is to be given: a schema's text and those that it refers to. What is no JSON fails too.
     *
     * @throws SchemaException ({@link Reason#INVALID}) if a text, or all together, are beyond a limit
     */
    public static void checkTexts(Collection<String> texts) {
        require(texts.size() - 1 <= MAX_REFERENCES, "refer to " + MAX_REFERENCES + " others", "more");
        SchemaCount count = new SchemaCount();
        for (String text : texts) {
            checkBounds(text);
            count.add(tree(text));
        }
        count.checkWalks();
    }

    /** Checks a text alone: its bytes, and how deep its JSON is nested. Takes one pass, and no stack. */
    public static void checkBounds(String text) {
        boolean fits = text.length() <= MAX_BYTES && text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
        require(fits, "have " + MAX_BYTES + " bytes of text", "more");
        require(jsonDepth(text) <= MAX_JSON_DEPTH, "have JSON nested " + MAX_JSON_DEPTH + " deep", "deeper JSON");
    }

    /**
     * Checks what is known only when names have been followed: how deep types lie in each other, and whether each default is
     * one of its field's type (of any branch, if that is a union) and has an end.
     *
     * @throws SchemaException ({@link Reason#INVALID}) if not
     */
    public static void check(Schema schema) {
        Set<Schema> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Part> left = new ArrayDeque<>(List.of(new Part(schema, 1)));
        while (!left.isEmpty()) {
            Part part = left.pop();
            // Depth first and in order, as those who recurse go: so deep gets their stack.
            if (seen.add(part.schema)) {
                require(part.depth <= MAX_NESTING, "have types nested " + MAX_NESTING + " deep", "deeper ones");
                List<Schema> parts = SchemaParts.of(part.schema);
                for (int i = parts.size() - 1; i >= 0; i--) {
                    left.push(new Part(parts.get(i), part.depth + 1));
                }
            }
        }
        DefaultSizes sizes = new DefaultSizes();
        for (Schema part : seen) {
            if (part.getType() == Schema.Type.RECORD) {
                part.getFields().forEach(field -> checkDefault(part, field, sizes));
            }
        }
    }

    private record Part(Schema schema, int depth) {}

    private static void checkDefault(Schema record, Schema.Field field, DefaultSizes sizes) {
        if (field.hasDefaultValue()) {
            long size = sizes.of(field);
            String name = SchemaPath.words(record) + ", field '" + SchemaPath.cut(field.name()) + "'";
            if (size == DefaultSizes.NOT_OF_THE_TYPE) {
                String message = "In " + name + ": the default is not of the type " + SchemaPath.words(field.schema());
                throw new SchemaException(Reason.INVALID, message, null);
            }
            require(
                    size <= MAX_DEFAULT_VALUES,
                    "have defaults of " + MAX_DEFAULT_VALUES + " values",
                    "more, in " + name);
        }
    }

    static void require(boolean within, String limit, String instead) {
        if (!within) {
            throw new SchemaException(
                    Reason.INVALID, "A schema can " + limit + " at most; this one has " + instead, null);
        }
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            String what = e.getOriginalMessage()
                    .replaceAll("\\s*\\(start marker at .*", "")
                    .replaceAll("\\s+", " ");
            throw new SchemaException(Reason.INVALID, "Not JSON: " + what + where, e);
        }
    }

    /** How deep the objects and lists of a JSON text are nested; of a text that is no JSON, any number. */
    private static int jsonDepth(String json) {
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
            } else if (c == '/') {
                i = endOfComment(json, i);
            } else if (c == '{' || c == '[') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return deepest;
    }

    /** Where the comment that begins at {@code start} has its last character; the start of none. */
    private static int endOfComment(String json, int start) {
        if (json.startsWith("/*", start)) {
            int end = json.indexOf("*/", start + 2);
            return end < 0 ? json.length() : end + 1;
        }
        int end = start;
        if (json.startsWith("//", start)) {
            while (end < json.length() && json.charAt(end) != '\n' && json.charAt(end) != '\r') {
                end++;
            }
        }
        return end;
    }
}
