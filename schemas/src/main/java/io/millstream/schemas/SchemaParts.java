package io.millstream.schemas;

import java.util.List;
import org.apache.avro.Schema;

/** What a schema consists of, for walks that do not recurse. */
final class SchemaParts {

    private SchemaParts() {}

    /** The schemas directly within {@code schema}, in order. */
    static List<Schema> of(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> schema.getFields().stream().map(Schema.Field::schema).toList();
            case UNION -> schema.getTypes();
            case ARRAY -> List.of(schema.getElementType());
            case MAP -> List.of(schema.getValueType());
            case ENUM, FIXED, NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING -> List.of();
        };
    }
}
