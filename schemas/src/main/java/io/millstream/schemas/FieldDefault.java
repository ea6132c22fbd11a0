package io.millstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.avro.Schema;
import org.apache.avro.util.internal.Accessor;

/**
 * The JSON that a schema gives as a field's default. Avro hands it out as a tree of the Jackson that Avro was built with, which
 * is not the one of this class where Millstream's libraries are relocated beside Hadoop's. So the method is not linked but
 * looked up, and a tree of another Jackson is read again from its text.
 */
final class FieldDefault {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Method OF_FIELD = method();

    private FieldDefault() {}

    /** As Avro has it; null if the field has none. */
    static JsonNode of(Schema.Field field) {
        Object value = asAvroHasIt(field);
        if (value == null || value instanceof JsonNode) {
            return (JsonNode) value;
        }
        return reread(value);
    }

    /** What {@code foreign}, a tree of any Jackson, says. */
    static JsonNode reread(Object foreign) {
        try {
            return JSON.readTree(foreign.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Jackson does not read what Jackson wrote: " + e.getOriginalMessage(), e);
        }
    }

    private static Object asAvroHasIt(Schema.Field field) {
        try {
            return OF_FIELD.invoke(null, field);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Avro does not tell the default of field " + field.name(), e);
        }
    }

    private static Method method() {
        try {
            return Accessor.class.getMethod("defaultValue", Schema.Field.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("This version of Avro does not tell fields' defaults", e);
        }
    }
}
