package io.millstream.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** JSON that is neither list nor object, as values of simple types. Pure. */
final class SimpleJson {

    /** Most digits of a decimal that is a number in JSON, and most of them behind the point; others are bytes. */
    static final int DIGITS_SANE = 1000;

    private SimpleJson() {}

    /** The generic value; null if {@code json} is none of this type, and for JSON's null as Avro's. */
    static Object read(JsonNode json, Schema type) {
        return switch (type.getType()) {
            case BOOLEAN -> json.isBoolean() ? json.booleanValue() : null;
            case INT -> int32(json, type.getLogicalType());
            case LONG -> int64(json, type.getLogicalType());
            case FLOAT -> float32(json);
            case DOUBLE -> float64(json);
            case STRING -> json.isTextual() ? json.textValue() : null;
            case ENUM ->
                json.isTextual() && type.hasEnumSymbol(json.textValue())
                        ? new GenericData.EnumSymbol(type, json.textValue())
                        : null;
            case BYTES -> bytes(json, type.getLogicalType());
            case FIXED -> fixed(json, type);
            default -> null;
        };
    }

    private static Integer int32(JsonNode json, LogicalType logical) {
        if (json.isIntegralNumber()) {
            return json.canConvertToInt() ? (Integer) json.intValue() : null;
        }
        if (logical instanceof LogicalTypes.Date && json.isTextual()) {
            try {
                return Math.toIntExact(LocalDate.parse(json.textValue()).toEpochDay());
            } catch (DateTimeException | ArithmeticException e) {
                return null; // the caller says what the text is not
            }
        }
        return null;
    }

    private static Long int64(JsonNode json, LogicalType logical) {
        if (json.isIntegralNumber()) {
            return json.canConvertToLong() ? (Long) json.longValue() : null;
        }
        ChronoUnit unit = unit(logical);
        if (unit == null || !json.isTextual()) {
            return null;
        }
        try {
            return unit.between(Instant.EPOCH, Instant.parse(json.textValue()));
        } catch (DateTimeException | ArithmeticException e) {
            return null; // the caller says what the text is not
        }
    }

    private static ChronoUnit unit(LogicalType logical) {
        if (logical instanceof LogicalTypes.TimestampMillis) {
            return ChronoUnit.MILLIS;
        }
        return logical instanceof LogicalTypes.TimestampMicros ? ChronoUnit.MICROS : null;
    }

    /** Also what JSON has no number for; null if it is too large. */
    private static Double float64(JsonNode json) {
        if (json.isNumber()) {
            double value = json.doubleValue();
            return Double.isInfinite(value) ? null : (Double) value;
        }
        return switch (json.asText()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
    }

    private static Float float32(JsonNode json) {
        Double value = float64(json);
        if (value == null) {
            return null;
        }
        float narrowed = value.floatValue();
        return Float.isInfinite(narrowed) && !value.isInfinite() ? null : (Float) narrowed;
    }

    private static ByteBuffer bytes(JsonNode json, LogicalType logical) {
        if (logical instanceof LogicalTypes.Decimal decimal && json.isNumber()) {
            BigInteger unscaled = unscaled(json.decimalValue(), decimal);
            return unscaled == null ? null : ByteBuffer.wrap(unscaled.toByteArray());
        }
        return latin(json) ? ByteBuffer.wrap(json.textValue().getBytes(StandardCharsets.ISO_8859_1)) : null;
    }

    private static GenericData.Fixed fixed(JsonNode json, Schema type) {
        int size = type.getFixedSize();
        if (type.getLogicalType() instanceof LogicalTypes.Decimal decimal && json.isNumber()) {
            BigInteger unscaled = unscaled(json.decimalValue(), decimal);
            return unscaled == null ? null : new GenericData.Fixed(type, padded(unscaled, size));
        }
        return latin(json) && json.textValue().length() == size
                ? new GenericData.Fixed(type, json.textValue().getBytes(StandardCharsets.ISO_8859_1))
                : null;
    }

    /** Null if it has more digits than the type: nothing is rounded. */
    private static BigInteger unscaled(BigDecimal value, LogicalTypes.Decimal type) {
        if (Math.abs((long) value.scale()) > DIGITS_SANE
                || value.precision() > DIGITS_SANE
                || type.getScale() > DIGITS_SANE) {
            return null;
        }
        try {
            BigDecimal scaled = value.setScale(type.getScale(), RoundingMode.UNNECESSARY);
            return scaled.precision() <= type.getPrecision() ? scaled.unscaledValue() : null;
        } catch (ArithmeticException e) {
            return null; // the caller says what the number is not
        }
    }

    private static byte[] padded(BigInteger unscaled, int size) {
        byte[] bytes = unscaled.toByteArray();
        byte[] padded = new byte[size];
        java.util.Arrays.fill(padded, (byte) (unscaled.signum() < 0 ? -1 : 0));
        System.arraycopy(bytes, 0, padded, size - bytes.length, bytes.length);
        return padded;
    }

    private static boolean latin(JsonNode json) {
        return json.isTextual() && json.textValue().chars().allMatch(c -> c <= 0xff);
    }
}
