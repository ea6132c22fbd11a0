package io.millstream.schemas;

import io.millstream.coordination.Paths;
import io.millstream.schemas.Znodes.StoredReference;
import io.millstream.schemas.Znodes.StoredSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;

/**
 * A schema that was understood, together with what it refers to.
 *
 * @param schema with all types that it names
 * @param text the canonical one, which names the types of others only
 * @param references where those are
 * @param hash of text and references: no two schemas have the same
 */
record ParsedSchema(Schema schema, String text, List<StoredReference> references, String hash) {

    static ParsedSchema of(Schema schema, String text, List<StoredReference> references) {
        return new ParsedSchema(schema, text, List.copyOf(references), hash(text, references));
    }

    /** As its author would write it. */
    SchemaDefinition definition() {
        return new SchemaDefinition(
                text, references.stream().map(StoredReference::asWritten).toList());
    }

    static String hash(StoredSchema stored) {
        return hash(stored.schema(), stored.references());
    }

    private static String hash(String text, List<StoredReference> references) {
        StringBuilder all = new StringBuilder(text);
        for (StoredReference each : references) {
            // Neither the text, which is JSON without white space, nor a segment has a line feed or a space of its own.
            all.append('\n')
                    .append(Paths.segment(each.name()))
                    .append(' ')
                    .append(Paths.segment(each.subject()))
                    .append(' ')
                    .append(each.version())
                    .append(' ')
                    .append(each.id()); // an import can give the version to another schema
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(all.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }
}
