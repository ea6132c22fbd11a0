package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaMap;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.serde.UndecodableException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/**
 * G3: bytes and schemas from people who mean no good. Lengths, counts and depth are bounded, what is no value of its schema is
 * refused, and no class is loaded because a schema names it, whatever the reader makes of values.
 */
class G3HostilePayloadTest {

    /** Set by the initialiser of {@link Trap}: it must never run. */
    private static volatile boolean loaded;

    /** What a schema names in the hope that it is loaded. */
    @SuppressWarnings("unused") // By name, if ever.
    static final class Trap {
        static {
            loaded = true;
        }

        private Trap() {}
    }

    private static AvroDeserializer<GenericRecord> of(String schema) {
        return AvroDeserializer.asWritten(new SchemaMap(Map.of(1, SchemaText.parse(schema))));
    }

    private static String recordOf(String type) {
        return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":" + type + "}]}";
    }

    private static byte[] framed(String hex) {
        return HexFormat.of().parseHex("0000000001" + hex.replace(" ", ""));
    }

    private static Reason reason(AvroDeserializer<?> deserializer, byte[] framed) {
        UndecodableException refused =
                catchThrowableOfType(UndecodableException.class, () -> deserializer.deserialize(framed));
        assertThat(refused)
                .as(framed == null ? "null" : HexFormat.of().formatHex(framed))
                .isNotNull();
        assertThat(refused.getMessage()).isNotBlank().doesNotContain("\n");
        return refused.reason();
    }

    private static Reason reason(String fieldType, String hex) {
        return reason(of(recordOf(fieldType)), framed(hex));
    }

    @Test
    void whatIsNotFramedIsNamed() {
        AvroDeserializer<GenericRecord> any = of(recordOf("\"int\""));

        assertThat(reason(any, null)).isEqualTo(Reason.NOT_AVRO);
        assertThat(reason(any, "{\"json\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEqualTo(Reason.NOT_AVRO);
        assertThat(reason(any, new byte[] {1})).isEqualTo(Reason.NOT_AVRO);
        assertThat(reason(any, new byte[0])).isEqualTo(Reason.TOO_SHORT);
        assertThat(reason(any, new byte[4])).isEqualTo(Reason.TOO_SHORT);
        assertThat(reason(any, new byte[] {0, 0, 0, 0, 2, 0})).isEqualTo(Reason.UNKNOWN_ID);
        assertThat(reason(any, new byte[] {0, -1, -1, -1, -1, 0})).isEqualTo(Reason.UNKNOWN_ID);
    }

    @Test
    void aRegistryOutOfReachIsNotTheBytesFault() {
        AvroDeserializer<GenericRecord> cutOff = AvroDeserializer.asWritten(id -> {
            throw new SchemaException(SchemaException.Reason.UNAVAILABLE, "down", null);
        });

        SchemaException failure = catchThrowableOfType(SchemaException.class, () -> cutOff.deserialize(framed("00")));

        assertThat(failure.reason()).isEqualTo(SchemaException.Reason.UNAVAILABLE);
    }

    @Test
    void lengthsAreBelievedOnlyIfTheBytesAreThere() {
        String twoGigabytes = "fe ff ff ff 0f";
        String most = "fe ff ff ff ff ff ff ff ff 01";
        String least = "ff ff ff ff ff ff ff ff ff 01";
        for (String length : new String[] {twoGigabytes, most, least, "01", "04 61"}) {
            assertThat(reason("\"bytes\"", length)).as(length).isEqualTo(Reason.CORRUPT);
            assertThat(reason("\"string\"", length)).as(length).isEqualTo(Reason.CORRUPT);
        }
        assertThat(reason("{\"type\":\"fixed\",\"name\":\"F\",\"size\":1000000000}", "00"))
                .isEqualTo(Reason.CORRUPT);
    }

    @Test
    void countsAreBelievedOnlyInProportionToTheBytes() {
        String array = "{\"type\":\"array\",\"items\":\"null\"}";
        String twoBillion = "fe ff ff ff 0f";

        assertThat(reason(array, twoBillion + "00")).isEqualTo(Reason.LIMIT_EXCEEDED);
        assertThat(reason(array, "fe ff ff ff ff ff ff ff ff 01 00")).isEqualTo(Reason.LIMIT_EXCEEDED);
        assertThat(reason(array, "ff ff ff ff ff ff ff ff ff 01 00 00")).isEqualTo(Reason.LIMIT_EXCEEDED);
        assertThat(reason("{\"type\":\"map\",\"values\":\"null\"}", twoBillion + "00"))
                .isEqualTo(Reason.LIMIT_EXCEEDED);
        assertThat(reason("{\"type\":\"array\",\"items\":\"long\"}", "80 01 00"))
                .isEqualTo(Reason.CORRUPT);
    }

    @Test
    void manyValuesWithoutBytesAreStillCounted() {
        // Each record is twice the one before; the last would be 2^40 values of no byte at all.
        StringBuilder schema = new StringBuilder("{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}");
        for (int i = 1; i <= 40; i++) {
            schema.insert(0, "{\"type\":\"record\",\"name\":\"R" + i + "\",\"fields\":[{\"name\":\"a\",\"type\":");
            schema.append("},{\"name\":\"b\",\"type\":\"R").append(i - 1).append("\"}]}");
        }

        assertThat(reason(of(schema.toString()), framed(""))).isEqualTo(Reason.LIMIT_EXCEEDED);
    }

    @Test
    void depthIsBoundedWhetherItIsReadOrSkipped() throws UndecodableException {
        String list = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"R\"]}]}";
        Schema skipping = SchemaText.parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}");
        AvroDeserializer<GenericRecord> skipper =
                AvroDeserializer.resolvedTo(skipping, new SchemaMap(Map.of(1, SchemaText.parse(list))));
        byte[] deep = framed("02".repeat(2_000_000) + "00");
        byte[] allowed = framed("02".repeat(PayloadCheck.MAX_DEPTH - 1) + "00");

        assertThat(reason(of(list), deep)).isEqualTo(Reason.LIMIT_EXCEEDED);
        assertThat(reason(skipper, deep)).isEqualTo(Reason.LIMIT_EXCEEDED);
        assertThat(of(list).deserialize(allowed)).isNotNull();
        assertThat(skipper.deserialize(allowed)).isNotNull();
    }

    @Test
    void numbersAreWellFormed() {
        assertThat(reason("\"int\"", "80 80 80 80 80 00")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("\"int\"", "80 80 80 80 20")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("\"long\"", "80 80 80 80 80 80 80 80 80 80 00")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("\"long\"", "80 80 80 80 80 80 80 80 80 02")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("\"boolean\"", "02")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("[\"null\",\"int\"]", "04")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("[\"null\",\"int\"]", "01")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}", "02"))
                .isEqualTo(Reason.CORRUPT);
    }

    @Test
    void textIsUtf8() {
        assertThat(reason("\"string\"", "02 ff")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("\"string\"", "06 61 c3 28")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("\"string\"", "06 ed a0 80")).isEqualTo(Reason.CORRUPT);
        assertThat(reason("{\"type\":\"map\",\"values\":\"int\"}", "02 02 ff 00 00"))
                .isEqualTo(Reason.CORRUPT);
    }

    @Test
    void blocksEndWhereTheySay() throws UndecodableException {
        String array = recordOf("{\"type\":\"array\",\"items\":\"int\"}");

        assertThat(of(array).deserialize(framed("03 04 02 04 00")).get("f")).hasToString("[1, 2]");
        for (String size : new String[] {"02", "06", "01", "fe ff ff ff 0f"}) {
            assertThat(reason(of(array), framed("03" + size + "02 04 00")))
                    .as(size)
                    .isEqualTo(Reason.CORRUPT);
        }
    }

    @Test
    void nothingMayFollowTheValue() {
        assertThat(reason("\"int\"", "02 00")).isEqualTo(Reason.TRAILING_BYTES);
        assertThat(reason("\"null\"", "00")).isEqualTo(Reason.TRAILING_BYTES);
    }

    @Test
    void whatIsNoRecordOrDoesNotResolveIsIncompatible() {
        SchemaMap schemas = new SchemaMap(Map.of(1, SchemaText.parse(recordOf("\"string\""))));
        AvroDeserializer<GenericRecord> toInt =
                AvroDeserializer.resolvedTo(SchemaText.parse(recordOf("\"int\"")), schemas);

        assertThat(reason(of("\"int\""), framed("02"))).isEqualTo(Reason.INCOMPATIBLE);
        assertThat(reason(toInt, framed("02 61"))).isEqualTo(Reason.INCOMPATIBLE);
    }

    @Test
    void noClassIsLoadedByName() throws UndecodableException {
        String trap = "\"" + Trap.class.getName() + "\"";
        String text = "{\"type\":\"string\",\"java-class\":" + trap + ",\"java-key-class\":" + trap + "}";
        String map = "{\"type\":\"map\",\"values\":" + text + ",\"java-key-class\":" + trap + ",\"java-class\":" + trap
                + "}";
        String array = "{\"type\":\"array\",\"items\":" + text + ",\"java-element-class\":" + trap + "}";
        String self = Trap.class.getName().replace('$', '.');
        int dot = self.lastIndexOf('.');
        String record = "{\"type\":\"record\",\"name\":\"" + self.substring(dot + 1) + "\",\"namespace\":\""
                + self.substring(0, dot) + "\",\"java-class\":" + trap + ",\"fields\":[{\"name\":\"m\",\"type\":" + map
                + "},{\"name\":\"a\",\"type\":" + array + "}]}";

        GenericRecord read = of(record).deserialize(framed("02 02 61 02 62 00 02 02 63 00"));

        assertThat(read).hasToString("{\"m\": {\"a\": \"b\"}, \"a\": [\"c\"]}");
        assertThat(loaded).isFalse();
    }

    /** What a reader with classes of its own takes; its schema has no place for a trap. */
    static final class Bait {
        @SuppressWarnings("unused") // Written by reflection.
        private java.util.Map<String, String> m;

        @SuppressWarnings("unused") // Written by reflection.
        private java.util.List<String> a;
    }

    /** A schema of the writer's that is called as {@code reader} is, and names the trap wherever a class can be named. */
    private static Schema trapped(Schema reader) {
        String trap = "\"" + Trap.class.getName() + "\"";
        String text = "{\"type\":\"string\",\"java-class\":" + trap + ",\"avro.java.string\":" + trap
                + ",\"java-key-class\":" + trap + "}";
        String inner = "{\"type\":\"record\",\"name\":\"" + Trap.class.getSimpleName() + "\",\"namespace\":\""
                + Trap.class.getName().replace("$" + Trap.class.getSimpleName(), "") + "\",\"fields\":[]}";
        StringBuilder fields = new StringBuilder();
        for (Schema.Field field : reader.getFields()) {
            String type =
                    switch (field.schema().getType()) {
                        case MAP ->
                            "{\"type\":\"map\",\"values\":" + text + ",\"java-key-class\":" + trap + ",\"java-class\":"
                                    + trap + "}";
                        case ARRAY ->
                            "{\"type\":\"array\",\"items\":" + text + ",\"java-element-class\":" + trap
                                    + ",\"java-class\":" + trap + "}";
                        case STRING -> text;
                        default -> field.schema().toString();
                    };
            fields.append("{\"name\":\"")
                    .append(field.name())
                    .append("\",\"type\":")
                    .append(type)
                    .append("},");
        }
        return SchemaText.parse("{\"type\":\"record\",\"name\":\"" + reader.getName() + "\",\"namespace\":\""
                + reader.getNamespace() + "\",\"java-class\":" + trap + ",\"fields\":[" + fields
                + "{\"name\":\"trap\",\"type\":[\"null\"," + inner + "]}]}");
    }

    @Test
    void readersWithClassesOfTheirOwnLoadNoOthers() throws UndecodableException {
        Schema visits = trapped(Visit.SCHEMA$);
        Schema baits = trapped(org.apache.avro.reflect.ReflectData.get().getSchema(Bait.class));
        Schema trap = SchemaText.parse("{\"type\":\"record\",\"name\":\"Trap\",\"namespace\":\""
                + G3HostilePayloadTest.class.getName() + "\",\"fields\":[]}");
        SchemaMap schemas = new SchemaMap(Map.of(1, visits, 2, baits, 3, trap));
        byte[] visit = HexFormat.of().parseHex("0000000001" + "0261" + "02" + "04" + "02");
        byte[] bait = HexFormat.of().parseHex("0000000002" + "02026300" + "020261026200" + "02");
        byte[] nothing = HexFormat.of().parseHex("0000000003");

        assertThat(AvroDeserializer.generated(Visit.class, schemas)
                        .deserialize(visit)
                        .page())
                .isEqualTo("a");
        assertThat(AvroDeserializer.oneOf(java.util.List.of(Visit.class), schemas)
                        .deserialize(visit))
                .isInstanceOf(Visit.class);
        assertThat(AvroDeserializer.plain(Bait.class, Reflection.PLAIN, schemas).deserialize(bait).a)
                .containsExactly("c");
        assertThat(AvroDeserializer.ofAny(null, true, schemas).deserialize(visit))
                .isInstanceOf(GenericRecord.class);
        assertThat(reason(AvroDeserializer.oneOf(java.util.List.of(Visit.class), schemas), nothing))
                .isEqualTo(Reason.INCOMPATIBLE);
        assertThat(reason(AvroDeserializer.generated(Visit.class, schemas), nothing))
                .isEqualTo(Reason.INCOMPATIBLE);
        assertThat(reason(AvroDeserializer.plain(Bait.class, Reflection.PLAIN, schemas), nothing))
                .isEqualTo(Reason.INCOMPATIBLE);
        assertThat(loaded).isFalse();
    }

    @Test
    void aWriterToTheNewestVersionLoadsNoClassThatThatOneNames() {
        Schema visits = trapped(Visit.SCHEMA$);
        FakeRegistry registry = new FakeRegistry();
        registry.register(
                "visits-value",
                SchemaText.parse(
                        visits.toString().replace("\"name\":\"trap\",", "\"name\":\"trap\",\"default\":null,")),
                false);
        AvroSerializer serializer = AvroSerializer.of(
                registry, SerializerSettings.defaults(RecordPart.VALUE).withUse(SchemaUse.NEWEST));

        assertThat(serializer.serialize("visits", new Visit("a", java.time.Instant.EPOCH, 1)))
                .isNotEmpty();
        assertThat(loaded).isFalse();
    }

    @Test
    void aStringTypeThatDoesNotExistDoesNoHarm() throws UndecodableException {
        String text = recordOf("{\"type\":\"string\",\"avro.java.string\":\"Nonsense\"}");

        assertThat(of(text).deserialize(framed("02 61")).get("f")).hasToString("a");
    }

    @Test
    void damagedBytesGiveARecordOrAReasonNothingElse() throws IOException {
        long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            RandomAvro avro = new RandomAvro(seed + i);
            Schema schema = avro.record(3);
            AvroDeserializer<GenericRecord> deserializer = AvroDeserializer.asWritten(new SchemaMap(Map.of(1, schema)));
            GenericRecord record = (GenericRecord) avro.value(schema, 6);
            byte[] good = random.nextBoolean() ? encoded(record) : RoundTripTest.inBlocks(record, 1);
            for (int j = 0; j < 500; j++) {
                byte[] damaged = damaged(good, random);
                try {
                    assertThat(deserializer.deserialize(damaged)).isNotNull();
                } catch (UndecodableException e) {
                    assertThat(e.reason()).isNotIn(Reason.INCOMPATIBLE, Reason.NOT_AVRO);
                } catch (RuntimeException | Error e) {
                    throw new AssertionError(
                            "-Dseed=" + (seed + i) + " " + HexFormat.of().formatHex(damaged), e);
                }
            }
        }
    }

    private static byte[] encoded(GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Framing.header(1));
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema(), GenericData.get()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] damaged = Arrays.copyOf(
                good, Math.max(5, random.nextInt(4) == 0 ? random.nextInt(good.length + 1) : good.length));
        for (int flips = random.nextInt(4); flips > 0 && damaged.length > 5; flips--) {
            damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt();
        }
        return damaged;
    }
}
