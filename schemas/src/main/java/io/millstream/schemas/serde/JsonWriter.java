package io.millstream.schemas.serde;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;

/**
 * Writes generic values as JSON on one line, such that {@link JsonReader} reads the same value back. As Avro's JSON encoding,
 * but that a union's branch is only named where the value could be taken for another one, and decimals are numbers. Pure.
 */
public final class JsonWriter {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();
    private static final GenericData DATA = GenericModel.of(false);

    private JsonWriter() {}

    /**
     * The JSON of a value, without a line break.
     *
     * @param value as Avro's generic readers make it without logical types
     */
    public static String write(Object value, Schema schema) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            write(value, schema, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter has no such trouble
        }
        return text.toString();
    }

    /** The same, among other JSON. */
    public static void write(Object value, Schema schema, JsonGenerator out) throws IOException {
        switch (schema.getType()) {
            case UNION -> union(value, schema, out);
            case RECORD -> record((IndexedRecord) value, out);
            case ARRAY -> {
                out.writeStartArray();
                for (Object each : (Collection<?>) value) {
                    write(each, schema.getElementType(), out);
                }
                out.writeEndArray();
            }
            case MAP -> {
                out.writeStartObject();
                for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) {
                    out.writeFieldName(each.getKey().toString());
                    write(each.getValue(), schema.getValueType(), out);
                }
                out.writeEndObject();
            }
            case BYTES -> bytes(content((ByteBuffer) value), schema, out);
            case FIXED -> bytes(((GenericFixed) value).bytes(), schema, out);
            case STRING, ENUM -> out.writeString(value.toString());
            case INT -> out.writeNumber((Integer) value);
            case LONG -> out.writeNumber((Long) value);
            case FLOAT -> out.writeNumber((Float) value);
            case DOUBLE -> out.writeNumber((Double) value);
            case BOOLEAN -> out.writeBoolean((Boolean) value);
            case NULL -> out.writeNull();
        }
    }

    private static void record(IndexedRecord record, JsonGenerator out) throws IOException {
        out.writeStartObject();
        for (Schema.Field field : record.getSchema().getFields()) {
            out.writeFieldName(field.name());
            write(record.get(field.pos()), field.schema(), out);
        }
        out.writeEndObject();
    }

    private static void union(Object value, Schema union, JsonGenerator out) throws IOException {
        Schema branch = union.getTypes().get(DATA.resolveUnion(union, value));
        boolean named = branch.getType() != Schema.Type.NULL && (several(union) || looksNamed(value, branch, union));
        if (named) {
            out.writeStartObject();
            out.writeFieldName(branch.getFullName());
        }
        write(value, branch, out);
        if (named) {
            out.writeEndObject();
        }
    }

    private static boolean several(Schema union) {
        return union.getTypes().stream()
                        .filter(each -> each.getType() != Schema.Type.NULL)
                        .count()
                > 1;
    }

    /** Whether what is written of a value reads as if it said a branch: an object with one key, which is a branch's name. */
    private static boolean looksNamed(Object value, Schema branch, Schema union) {
        String only = null;
        if (branch.getType() == Schema.Type.MAP && ((Map<?, ?>) value).size() == 1) {
            only = ((Map<?, ?>) value).keySet().iterator().next().toString();
        } else if (branch.getType() == Schema.Type.RECORD && branch.getFields().size() == 1) {
            only = branch.getFields().get(0).name();
        }
        return only != null && union.getIndexNamed(only) != null;
    }

    private static void bytes(byte[] content, Schema schema, JsonGenerator out) throws IOException {
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal && isNumber(content, decimal)) {
            // As a text of digits: 1E+5 would be a number too, but not one that people write.
            out.writeNumber(new BigDecimal(new BigInteger(content), decimal.getScale()).toPlainString());
        } else {
            out.writeString(new String(content, StandardCharsets.ISO_8859_1));
        }
    }

    /** Whether it is one that {@link JsonReader} takes: a schema may ask for billions of digits behind the point. */
    private static boolean isNumber(byte[] unscaled, LogicalTypes.Decimal type) {
        if (unscaled.length == 0
                || unscaled.length > SimpleJson.DIGITS_SANE
                || type.getScale() > SimpleJson.DIGITS_SANE) {
            return false;
        }
        int digits = new BigDecimal(new BigInteger(unscaled)).precision();
        return digits <= Math.min(SimpleJson.DIGITS_SANE, type.getPrecision());
    }

    private static byte[] content(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
