package io.millstream.schemas.serde;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.util.Utf8;

/** Random schemas, also recursive ones, and random values of them. */
final class RandomAvro {

    private static final String LETTERS = "aZ0 \u00e4\u20ac\ud83d\ude00\"\\\n\0";

    private final Random random;
    private final List<Schema> enclosing = new ArrayList<>();
    private int names;

    RandomAvro(long seed) {
        random = new Random(seed);
    }

    Schema record(int depth) {
        Schema record = Schema.createRecord(name("R"), random.nextBoolean() ? "some \"doc\"" : null, "n", false);
        enclosing.add(record);
        List<Schema.Field> fields = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            fields.add(new Schema.Field("f" + i, schema(depth - 1), null, (Object) null));
        }
        enclosing.remove(record);
        record.setFields(fields);
        record.addProp("java-class", "does.not.Exist");
        return record;
    }

    private String name(String prefix) {
        return prefix + names++;
    }

    private Schema schema(int depth) {
        return switch (random.nextInt(depth > 0 ? 17 : 10)) {
            case 0 -> Schema.create(Schema.Type.NULL);
            case 1 -> Schema.create(Schema.Type.BOOLEAN);
            case 2 -> Schema.create(Schema.Type.INT);
            case 3 -> LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
            case 4 -> Schema.create(Schema.Type.FLOAT);
            case 5 -> Schema.create(Schema.Type.DOUBLE);
            case 6 -> Schema.create(Schema.Type.BYTES);
            case 7 -> Schema.create(Schema.Type.STRING);
            case 8 -> Schema.createFixed(name("F"), null, "n", random.nextInt(5));
            case 9 -> Schema.createEnum(name("E"), null, "n", List.of("A", "B", "C"));
            case 10, 11 -> Schema.createArray(schema(depth - 1));
            case 12 -> Schema.createMap(schema(depth - 1));
            case 13 -> Schema.createUnion(Schema.create(Schema.Type.NULL), record(depth - 1));
            case 14 ->
                Schema.createUnion(Schema.create(Schema.Type.NULL), enclosing.get(random.nextInt(enclosing.size())));
            case 15 -> Schema.createUnion(Schema.create(Schema.Type.NULL), Schema.createMap(schema(depth - 1)));
            default -> record(depth - 1);
        };
    }

    /** A value as Avro's decoder gives it back, so that the two can be compared. */
    Object value(Schema schema, int depth) {
        return switch (schema.getType()) {
            case NULL -> null;
            case BOOLEAN -> random.nextBoolean();
            case INT -> (int) number();
            case LONG -> number();
            case FLOAT -> Float.intBitsToFloat(random.nextInt());
            case DOUBLE -> Double.longBitsToDouble(random.nextLong());
            case BYTES -> ByteBuffer.wrap(bytes(random.nextInt(20)));
            case STRING -> new Utf8(text());
            case FIXED -> new GenericData.Fixed(schema, bytes(schema.getFixedSize()));
            case ENUM ->
                new GenericData.EnumSymbol(schema, schema.getEnumSymbols().get(random.nextInt(3)));
            case UNION -> {
                int branch = depth > 0 ? random.nextInt(schema.getTypes().size()) : 0;
                yield value(schema.getTypes().get(branch), depth);
            }
            case ARRAY -> array(schema, depth);
            case MAP -> {
                Map<Utf8, Object> map = new HashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(new Utf8(key()), value(schema.getValueType(), depth - 1));
                }
                yield map;
            }
            case RECORD -> {
                GenericData.Record record = new GenericData.Record(schema);
                schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema(), depth - 1)));
                yield record;
            }
        };
    }

    private GenericData.Array<Object> array(Schema schema, int depth) {
        GenericData.Array<Object> array = new GenericData.Array<>(4, schema);
        for (int i = random.nextInt(4); i > 0; i--) {
            array.add(value(schema.getElementType(), depth - 1));
        }
        return array;
    }

    private long number() {
        return random.nextLong() >> random.nextInt(64);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Sometimes one that reads as a branch of a union. */
    private String key() {
        List<String> telling = List.of("map", "null", "f0", "n.R1");
        return random.nextInt(3) == 0 ? telling.get(random.nextInt(telling.size())) : text();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            int at = random.nextInt(LETTERS.length());
            // Never half of the pair.
            text.append(Character.isSurrogate(LETTERS.charAt(at)) ? "\ud83d\ude00" : LETTERS.charAt(at));
        }
        return text.toString();
    }
}
