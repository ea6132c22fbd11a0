package io.millstream.schemas.serde;

import org.apache.avro.reflect.ReflectData;

/** Whether objects of plain classes are written, by the schema that Avro derives from their fields. */
public enum Reflection {
    /** Only what says its schema itself is written. */
    NONE,
    /** A field that is null is refused, unless its annotation allows it. */
    PLAIN,
    /** Every field that is no primitive may be null, and has a union with null in the schema. */
    ALLOW_NULL;

    /** A model of one's own, with what it caches and converts: for schemas of classes and for writing. */
    ReflectData model() {
        return this == ALLOW_NULL ? new ReflectData.AllowNull() : new ReflectData(Reflection.class.getClassLoader());
    }
}
