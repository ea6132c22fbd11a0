package io.millstream.schemas.serde;

import org.apache.avro.Schema;
import org.apache.avro.reflect.ReflectData;

/** Plain classes: the one that an application named or has an object of, those that its fields are of, and no others. */
final class PinnedReflection extends ReflectData {

    private final PinnedTypes types;

    /** @param model that made {@code schema} of {@code type} */
    PinnedReflection(Class<?> type, Schema schema, ReflectData model) {
        super(type.getClassLoader());
        types = PinnedTypes.of(type, schema);
        model.getConversions().forEach(this::addLogicalTypeConversion);
    }

    @Override
    public Class<?> getClass(Schema schema) {
        return PinnedTypes.isNamed(schema) ? types.get(schema) : super.getClass(schema);
    }
}
