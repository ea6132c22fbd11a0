package io.millstream.schemas;

import java.util.Optional;
import org.apache.avro.Schema;

/** Schemas by id: a {@link SchemaRegistry}, or a fixed {@link SchemaMap} where none is in reach. */
@FunctionalInterface
public interface SchemaLookup {

    /**
     * The schema of this id.
     *
     * @return empty if it is certain that no schema has this id
     * @throws SchemaException ({@link SchemaException.Reason#UNAVAILABLE}) if it is not known whether one has
     */
    Optional<Schema> find(int id);
}
