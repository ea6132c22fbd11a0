package io.millstream.schemas;

import java.util.List;
import java.util.Objects;

/**
 * One schema as its author writes it. Two with the same text and other references are two schemas.
 *
 * @param text in Avro's JSON form
 * @param references to what the text names and does not define; none if null
 */
public record SchemaDefinition(String text, List<SchemaReference> references) {

    public SchemaDefinition {
        Objects.requireNonNull(text);
        references = references == null ? List.of() : List.copyOf(references);
    }

    /** A schema that refers to no other. */
    public static SchemaDefinition of(String text) {
        return new SchemaDefinition(text, List.of());
    }
}
