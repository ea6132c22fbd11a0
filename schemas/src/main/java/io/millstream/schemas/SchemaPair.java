package io.millstream.schemas;

import org.apache.avro.Schema;

/** Two parts of schemas opposite each other. Equal to another only if both are the very same: that is quick to find out. */
record SchemaPair(Schema reader, Schema writer) {

    @SuppressWarnings("ReferenceEquality") // as said above
    @Override
    public boolean equals(Object other) {
        return other instanceof SchemaPair pair && pair.reader == reader && pair.writer == writer;
    }

    @Override
    public int hashCode() {
        return 31 * System.identityHashCode(reader) + System.identityHashCode(writer);
    }
}
