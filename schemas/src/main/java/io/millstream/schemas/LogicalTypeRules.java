package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoField;
import java.util.UUID;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** What Avro's checker leaves out: that the same bytes mean the same, and mean something at all. */
final class LogicalTypeRules {

    private LogicalTypeRules() {}

    /**
     * Whether values of {@code writer} can be taken for ones of {@code reader}. A logical type that was left out says less
     * about the same values, one that was added says more; but a reader fails at values that are none of that type, so every
     * value must be one. A decimal may get more digits before the point.
     */
    static boolean sameMeaning(Schema reader, Schema writer) {
        LogicalType read = reader.getLogicalType();
        LogicalType written = writer.getLogicalType();
        if (read == null || written == null) {
            return read == null || isEveryValueOne(reader);
        }
        if (read instanceof LogicalTypes.Decimal more && written instanceof LogicalTypes.Decimal fewer) {
            return more.getScale() == fewer.getScale() && more.getPrecision() >= fewer.getPrecision();
        }
        return read.getName().equals(written.getName());
    }

    /** Not every text is a UUID, no empty bytes are a number, and a day has an end. */
    private static boolean isEveryValueOne(Schema logical) {
        return switch (logical.getLogicalType().getName()) {
            case "uuid" -> logical.getType() != Schema.Type.STRING;
            case "decimal" -> logical.getType() != Schema.Type.BYTES;
            case "big-decimal", "time-millis", "time-micros" -> false;
            default -> true;
        };
    }

    /** Whether a reader can make a value of {@code schema} of this default, which is one of the type below. */
    static boolean isOne(Schema schema, JsonNode value) {
        LogicalType logical = schema.getLogicalType();
        if (logical == null || isEveryValueOne(schema)) {
            return true;
        }
        return switch (logical.getName()) {
            case "decimal" -> !value.textValue().isEmpty();
            case "time-millis" -> ChronoField.MILLI_OF_DAY.range().isValidValue(value.longValue());
            case "time-micros" -> ChronoField.MICRO_OF_DAY.range().isValidValue(value.longValue());
            default -> isConverted(schema, logical, value.textValue());
        };
    }

    private static boolean isConverted(Schema schema, LogicalType logical, String text) {
        try {
            if (schema.getType() == Schema.Type.STRING) {
                UUID.fromString(text);
            } else {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
                new Conversions.BigDecimalConversion().fromBytes(bytes, schema, logical);
            }
            return true;
        } catch (RuntimeException e) {
            return false; // as it would a reader
        }
    }
}
