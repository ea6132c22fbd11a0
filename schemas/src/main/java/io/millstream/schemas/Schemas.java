package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.SchemaId;
import io.millstream.schemas.Znodes.StoredReference;
import io.millstream.schemas.Znodes.StoredSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Schemas by id and by what they say. Safe for use by several threads. */
final class Schemas {

    static final String AVRO = "AVRO";

    /** How many bytes of text those may have together that a schema refers to, directly or through others. */
    static final int MAX_REFERENCED_BYTES = 4 * SchemaLimits.MAX_BYTES;

    /** How much text the schemas have together that are remembered as Avro knows them, with what they refer to. */
    private static final long MAX_PARSED_TEXT = 16L << 20;

    /** What a schema counts for besides its text. */
    private static final int PARSED_OVERHEAD = 1000;

    /** A schema as it was stored, and as it was understood. */
    private record Known(StoredSchema stored, ParsedSchema parsed) {}

    private final Documents documents;
    private final Map<Integer, Known> parsed = new ConcurrentHashMap<>();
    private final AtomicLong parsedText = new AtomicLong(); // since all were forgotten: never less than there is

    Schemas(Documents documents) {
        this.documents = documents;
    }

    /** What is stored for this id; empty if it was never given out, or its schema was removed. */
    Optional<StoredSchema> stored(int id) {
        return documents.getLasting(Znodes.id(id), StoredSchema.class).filter(it -> !it.removed());
    }

    /** The schema of this id, if it is remembered; waits for nothing. */
    Optional<SchemaDefinition> remembered(int id) {
        return documents
                .remembered(Znodes.id(id), StoredSchema.class)
                .filter(it -> !it.removed())
                .map(Schemas::definition);
    }

    /** The schema of this id, as this session knows it; empty if there is none. */
    Optional<ParsedSchema> find(int id) {
        return stored(id).map(stored -> parsed(id, stored));
    }

    /** The schema of an id that was given out. */
    ParsedSchema get(int id) {
        return find(id).orElseThrow(() -> removed(id));
    }

    /** The schema of an id that was given out, as its author wrote it. */
    SchemaDefinition definition(int id) {
        return definition(stored(id).orElseThrow(() -> removed(id)));
    }

    static SchemaDefinition definition(StoredSchema stored) {
        return new SchemaDefinition(
                stored.schema(),
                stored.references().stream().map(StoredReference::asWritten).toList());
    }

    private static SchemaException removed(int id) {
        return new SchemaException(Reason.UNAVAILABLE, "Schema " + id + " was removed meanwhile: try again", null);
    }

    /** The id of a schema; empty if it has none. */
    OptionalInt idOf(ParsedSchema schema) {
        return documents
                .get(Znodes.hash(schema.hash()), SchemaId.class)
                .map(found -> OptionalInt.of(found.id()))
                .orElseGet(OptionalInt::empty);
    }

    /** What was stored for {@code id}, understood. */
    ParsedSchema parsed(int id, StoredSchema stored) {
        Known known = parsed.get(id);
        if (known != null && known.stored.equals(stored)) {
            return known.parsed;
        }
        if (!AVRO.equals(stored.type())) {
            throw new SchemaException(
                    Reason.UNAVAILABLE, "Schema " + id + " is of type " + stored.type() + ", not " + AVRO, null);
        }
        List<String> referenced = texts(stored.references());
        ParsedSchema fresh = SchemaText.read(stored.schema(), stored.references(), referenced);
        long text = PARSED_OVERHEAD
                + stored.schema().length()
                + referenced.stream().mapToLong(String::length).sum();
        if (parsedText.addAndGet(text) > MAX_PARSED_TEXT) {
            parsed.clear();
            parsedText.set(text);
        }
        parsed.put(id, new Known(stored, fresh));
        return fresh;
    }

    /**
     * Reads a schema that may be new.
     *
     * @param references of its text, found
     * @param normalize whether the order of properties makes no difference
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or beyond a limit
     */
    ParsedSchema parse(String text, List<StoredReference> references, boolean normalize) {
        List<String> referenced = texts(references);
        ParsedSchema plain = SchemaText.parse(text, references, referenced);
        SchemaText.canonical(plain.schema()); // readers get it in one piece, so that must not be too large either
        return normalize ? SchemaText.read(SchemaText.sorted(plain.text()), references, referenced) : plain;
    }

    /** The texts of what is referred to, each after those that it refers to itself. */
    private List<String> texts(List<StoredReference> references) {
        Texts texts = new Texts();
        references.forEach(texts::add);
        return texts.inOrder;
    }

    private final class Texts {
        private final List<String> inOrder = new ArrayList<>();
        private final Set<Integer> seen = new HashSet<>();
        private long bytes;

        private void add(StoredReference reference) {
            if (!seen.add(reference.id())) {
                return;
            }
            StoredSchema stored = stored(reference.id())
                    .orElseThrow(() -> new SchemaException(
                            Reason.UNAVAILABLE,
                            "Schema " + reference.id() + ", version " + reference.version() + " of subject '"
                                    + reference.subject() + "' that others refer to, is gone",
                            null));
            bytes += stored.schema().length();
            if (seen.size() > SchemaLimits.MAX_REFERENCES || bytes > MAX_REFERENCED_BYTES) {
                throw new SchemaException(
                        Reason.INVALID,
                        "A schema can refer to " + SchemaLimits.MAX_REFERENCES + " others of " + MAX_REFERENCED_BYTES
                                + " bytes in all; with theirs, this one refers to more",
                        null);
            }
            stored.references().forEach(this::add); // at most as deep as the limit, since none is seen twice
            inOrder.add(stored.schema());
        }
    }
}
