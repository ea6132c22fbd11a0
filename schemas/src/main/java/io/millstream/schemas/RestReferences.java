package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.Schema;

/** Schemas whose texts name types of others, put together from what a registry answers. */
final class RestReferences {

    private final Function<SchemaReference, SchemaDefinition> registry;
    private final Set<SchemaReference> seen = new HashSet<>();
    private final List<String> texts = new ArrayList<>();
    private long bytes;

    private RestReferences(Function<SchemaReference, SchemaDefinition> registry) {
        this.registry = registry;
    }

    /**
     * Reads a schema, and for it what it refers to.
     *
     * @param registry gives the definition of a reference
     * @throws SchemaException ({@link Reason#INVALID}) if it is none or beyond a limit
     */
    static Schema parse(SchemaDefinition definition, Function<SchemaReference, SchemaDefinition> registry) {
        RestReferences all = new RestReferences(registry);
        definition.references().forEach(all::add);
        return SchemaText.parse(definition.text(), List.of(), all.texts).schema();
    }

    /** Each text after those that it names types of. */
    private void add(SchemaReference reference) {
        if (!seen.add(reference)) {
            return;
        }
        SchemaDefinition found = registry.apply(reference);
        bytes += found.text().length();
        if (seen.size() > SchemaLimits.MAX_REFERENCES || bytes > Schemas.MAX_REFERENCED_BYTES) {
            throw new SchemaException(
                    Reason.INVALID, "With all that it refers to, the schema is beyond what is read", null);
        }
        found.references().forEach(this::add); // at most as deep as the limit, since none is seen twice
        texts.add(found.text());
    }
}
