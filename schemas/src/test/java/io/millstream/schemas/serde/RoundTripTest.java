package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.CompatibilityLevel;
import io.millstream.schemas.EventSchemas;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaMap;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.Shown;
import io.millstream.schemas.TestRegistries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RoundTripTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    static GenericRecord click(String url, String referrer) {
        Schema schema = EventSchemas.CLICK.newest();
        GenericRecord click = new GenericData.Record(schema);
        click.put("event_id", "e1");
        click.put("user_id", 42L);
        click.put("url", url);
        click.put("referrer", referrer);
        click.put("ts", 1_700_000_000_000L);
        click.put("country", "DE");
        click.put("device", new GenericData.EnumSymbol(schema.getField("device").schema(), "MOBILE"));
        click.put("duration_ms", -1);
        return click;
    }

    @Test
    void theBytesAreThoseOfTheConfluentWireFormat() throws UndecodableException {
        SchemaRegistry registry = zooKeeper.registry();
        for (int i = 0; i < 258; i++) {
            registry.register("other-" + i, Schema.createFixed("F" + i, null, null, 1));
        }
        Schema schema = SchemaText.parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + "{\"name\":\"a\",\"type\":\"long\"},{\"name\":\"b\",\"type\":[\"null\",\"string\"]}]}");
        GenericRecord record = new GenericData.Record(schema);
        record.put("a", 27L);
        record.put("b", "foo");

        byte[] framed = AvroSerializer.forValues(registry).serialize("t", record);

        // Zero, 259 big-endian; 27 as zigzag 36, branch 1, three bytes of text.
        assertThat(HexFormat.of().formatHex(framed)).isEqualTo("00" + "00000103" + "36" + "02" + "06666f6f");
        assertThat(Framing.schemaId(framed)).isEqualTo(259);
        assertThat(Framing.schemaId(new byte[] {0, (byte) 0x80, 0, 0, 1})).isEqualTo(0x8000_0001);
    }

    @Test
    void subjectsAreNamedAfterTheTopic() {
        SchemaRegistry registry = zooKeeper.registry();

        byte[] value = AvroSerializer.forValues(registry).serialize("clicks", click("u", null));
        byte[] key = AvroSerializer.forKeys(registry).serialize("clicks", click("u", null));

        assertThat(registry.subjects(Shown.LIVE)).containsExactly("clicks-key", "clicks-value");
        assertThat(value).isEqualTo(key);
    }

    @Test
    void fitsKafkasSerializerAsALambda() throws UndecodableException {
        SchemaRegistry registry = zooKeeper.registry();
        AvroSerializer avro = AvroSerializer.forValues(registry);
        try (Serializer<GenericRecord> serializer = (topic, record) -> avro.serialize(topic, record)) {
            byte[] framed = serializer.serialize("clicks", click("u", "r"));

            assertThat(serializer.serialize("clicks", null)).isNull();
            GenericRecord read = AvroDeserializer.asWritten(registry).deserialize(framed);
            assertThat(read).hasToString(click("u", "r").toString());
        }
    }

    @Test
    void aRecordThatIsNotOfItsSchemaIsRefusedByName() {
        AvroSerializer serializer = AvroSerializer.forValues(zooKeeper.registry());
        GenericRecord click = click("u", null);
        click.put("user_id", "not a number");

        SchemaException refused =
                catchThrowableOfType(SchemaException.class, () -> serializer.serialize("clicks", click));

        assertThat(refused.reason()).isEqualTo(SchemaException.Reason.MISMATCH);
        assertThat(refused).hasMessageContaining("clicks").hasMessageContaining("user_id");
        click.put("user_id", null);
        assertThatThrownBy(() -> serializer.serialize("clicks", click)).isInstanceOf(SchemaException.class);
    }

    @Test
    void randomRecordsOfRandomSchemasComeBackEqual() throws UndecodableException, IOException {
        long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
        SchemaRegistry registry = zooKeeper.registry();
        registry.setLevel(Optional.empty(), CompatibilityLevel.NONE);
        AvroSerializer serializer = AvroSerializer.forValues(registry);
        AvroDeserializer<GenericRecord> fromText = AvroDeserializer.asWritten(zooKeeper.registry());
        for (int i = 0; i < 60; i++) {
            RandomAvro avro = new RandomAvro(seed + i);
            Schema schema = avro.record(3);
            for (int j = 0; j < 20; j++) {
                GenericData.Record record = (GenericData.Record) avro.value(schema, 6);

                byte[] framed = serializer.serialize("t", record);

                String where = "-Dseed=" + (seed + i) + " schema " + schema;
                assertThat(fromText.deserialize(framed)).as(where).isEqualTo(record);
                byte[] blocked = inBlocks(record, Framing.schemaId(framed));
                assertThat(fromText.deserialize(blocked)).as(where).isEqualTo(record);
            }
        }
    }

    /** Lists and maps in blocks that say their size in bytes, as some writers do. */
    static byte[] inBlocks(GenericRecord record, int id) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Framing.header(id));
        BinaryEncoder encoder = new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    @Test
    void aReaderSchemaResolvesWhatWasWrittenWithOthers() throws UndecodableException {
        Schema old = SchemaText.parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + "{\"name\":\"gone\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},"
                + "{\"name\":\"n\",\"type\":\"int\"}]}");
        Schema now = SchemaText.parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + "{\"name\":\"n\",\"type\":\"long\"},{\"name\":\"added\",\"type\":\"string\",\"default\":\"d\"}]}");
        GenericRecord written = new GenericData.Record(old);
        written.put("gone", java.util.List.of("a", "b"));
        written.put("n", 7);
        byte[] framed = AvroSerializer.forValues(zooKeeper.registry()).serialize("t", written);

        GenericRecord read =
                AvroDeserializer.resolvedTo(now, new SchemaMap(Map.of(1, old))).deserialize(framed);

        assertThat(read.getSchema()).isEqualTo(now);
        assertThat(read.get("n")).isEqualTo(7L);
        assertThat(read.get("added")).hasToString("d");
    }

    /** What Avro itself makes of these, should it know how short they are. */
    @Test
    void listsAndMapsAreReadThoughTheirItemsHaveGrown() throws UndecodableException {
        SchemaRegistry registry = zooKeeper.registry();
        String list =
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"items\",\"type\":{\"type\":\"array\","
                        + "\"items\":%s}},{\"name\":\"named\",\"type\":{\"type\":\"map\",\"values\":%s}}]}";
        Schema numbers = SchemaText.parse(String.format(list, "\"int\"", "\"float\""));
        Schema promoted = SchemaText.parse(String.format(list, "\"double\"", "\"double\""));
        String item = "{\"type\":\"record\",\"name\":\"Item\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}%s]}";
        Schema items = SchemaText.parse(String.format(list, String.format(item, ""), "\"Item\""));
        String more = ",{\"name\":\"b\",\"type\":\"string\",\"default\":\"a text of some length\"}";
        Schema grown = SchemaText.parse(String.format(list, String.format(item, more), "\"Item\""));
        GenericRecord plain = new GenericData.Record(numbers);
        plain.put("items", List.of(1, 2, 3));
        plain.put("named", Map.of("x", 1f, "y", 2f));
        GenericRecord one =
                new GenericData.Record(items.getField("items").schema().getElementType());
        one.put("a", 7);
        GenericRecord nested = new GenericData.Record(items);
        nested.put("items", List.of(one, one, one));
        nested.put("named", Map.of("x", one));
        AvroSerializer serializer = AvroSerializer.forValues(registry);

        GenericRecord doubles =
                AvroDeserializer.resolvedTo(promoted, registry).deserialize(serializer.serialize("numbers", plain));
        GenericRecord longer =
                AvroDeserializer.resolvedTo(grown, registry).deserialize(serializer.serialize("items", nested));

        assertThat(doubles.get("items")).isEqualTo(List.of(1.0, 2.0, 3.0));
        assertThat((Map<?, ?>) doubles.get("named")).hasSize(2);
        assertThat((List<?>) longer.get("items")).hasSize(3).allSatisfy(each -> assertThat(each.toString())
                .contains("a text of some length"));
    }
}
