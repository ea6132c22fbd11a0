package io.millstream.schemas.serde;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/** Generated classes: the one that a reader named, those that its own schema names, and no others. */
final class PinnedClasses extends SpecificData {

    private final PinnedTypes types;

    /** @param model of the generated class, which knows its conversions */
    PinnedClasses(Class<?> type, Schema schema, SpecificData model) {
        super(type.getClassLoader());
        types = PinnedTypes.of(type, schema);
        model.getConversions().forEach(this::addLogicalTypeConversion);
    }

    @Override
    public Class<?> getClass(Schema schema) {
        return PinnedTypes.isNamed(schema) ? types.get(schema) : super.getClass(schema);
    }
}
