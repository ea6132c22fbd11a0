package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.EventSchemas;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.SchemaText;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AvroSerializerTest {

    private static final SerializerSettings VALUES = SerializerSettings.defaults(RecordPart.VALUE);
    private static final Schema CLICK_2 = EventSchemas.CLICK.version(2);
    private static final Schema CLICK_3 = EventSchemas.CLICK.version(3);

    private final FakeRegistry registry = new FakeRegistry();

    /** A class as an application has it. */
    static final class Point {
        private int x;
        private String label;

        Point() {}

        Point(int x, String label) {
            this.x = x;
            this.label = label;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Point point && point.x == x && Objects.equals(point.label, label);
        }

        @Override
        public int hashCode() {
            return Objects.hash(x, label);
        }
    }

    private static GenericRecord click2() {
        GenericRecord click = new GenericData.Record(CLICK_2);
        click.put("event_id", "e1");
        click.put("user_id", 42L);
        click.put("url", "https://example.org/");
        click.put("ts", 1_700_000_000_000L);
        click.put("country", "DE");
        return click;
    }

    private SchemaException refusal(SerializerSettings settings, Object value) {
        AvroSerializer serializer = AvroSerializer.of(registry, settings);
        SchemaException refused =
                catchThrowableOfType(SchemaException.class, () -> serializer.serialize("clicks", value));
        assertThat(refused).isNotNull();
        assertThat(refused.getMessage()).doesNotContain("\n");
        return refused;
    }

    @Test
    void eachStrategyHasItsSubject() {
        for (SubjectNames names : SubjectNames.values()) {
            AvroSerializer.of(registry, VALUES.withSubjects(names)).serialize("clicks", click2());
            AvroSerializer.of(
                            registry,
                            SerializerSettings.defaults(RecordPart.KEY).withSubjects(names))
                    .serialize("clicks", click2());
        }

        assertThat(registry.calls())
                .containsExactly(
                        "register clicks-value",
                        "register clicks-key",
                        "register io.millstream.demo.Click",
                        "register io.millstream.demo.Click",
                        "register clicks-io.millstream.demo.Click",
                        "register clicks-io.millstream.demo.Click");
    }

    @Test
    void strategiesAreKnownByTheNamesThatOthersHaveForThem() {
        assertThat(SubjectNames.named("TopicNameStrategy")).isEqualTo(SubjectNames.TOPIC);
        assertThat(SubjectNames.named("io.confluent.kafka.serializers.subject.RecordNameStrategy"))
                .isEqualTo(SubjectNames.RECORD);
        assertThat(SubjectNames.named("io.confluent.kafka.serializers.subject.TopicRecordNameStrategy"))
                .isEqualTo(SubjectNames.TOPIC_RECORD);
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> SubjectNames.named("com.example.Mine")))
                .hasMessageContaining("com.example.Mine")
                .hasMessageContaining("TopicRecordNameStrategy");
    }

    @Test
    void whatHasNoNameHasNoSubjectOfItsOwn() {
        SchemaException refused = refusal(VALUES.withSubjects(SubjectNames.RECORD), "a text");

        assertThat(refused.reason()).isEqualTo(Reason.MISMATCH);
        assertThat(refused).hasMessageContaining("clicks").hasMessageContaining("string");
    }

    @Test
    void stringsAndNumbersAreWrittenAsKeysOftenAre() throws UndecodableException {
        AvroSerializer keys = AvroSerializer.forKeys(registry);
        AvroDeserializer<Object> any = AvroDeserializer.ofAny(null, false, registry);
        for (Object key : List.of(7, 7L, 1.5f, 2.5d, true)) {
            assertThat(any.deserialize(keys.serialize("t", key))).isEqualTo(key);
        }
        assertThat(any.deserialize(keys.serialize("t", "text"))).hasToString("text");
        assertThat(keys.serialize("t", null)).isNull();
    }

    @Test
    void theRegistryIsAskedOnceForEachSchema() {
        AvroSerializer serializer = AvroSerializer.of(registry, VALUES.withNormalize(true));
        for (int i = 0; i < 1000; i++) {
            serializer.serialize("clicks", click2());
        }
        serializer.serialize("others", click2());

        assertThat(registry.calls())
                .containsExactly("register clicks-value normalized", "register others-value normalized");
    }

    @Test
    void whatIsNotRegisteredIsRefusedWhereNobodyRegisters() {
        SchemaException refused = refusal(VALUES.withUse(SchemaUse.REGISTERED), click2());

        assertThat(refused.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(refused).hasMessageContaining("'clicks-value'").hasMessageContaining("io.millstream.demo.Click");
        registry.register("clicks-value", CLICK_2, false);
        byte[] framed = AvroSerializer.of(registry, VALUES.withUse(SchemaUse.REGISTERED))
                .serialize("clicks", click2());
        assertThat(framed).startsWith(0, 0, 0, 0, 1);
    }

    @Test
    void theNewestVersionIsWrittenByNameNotByPosition() throws UndecodableException {
        registry.register("clicks-value", CLICK_3, false);
        AvroSerializer serializer = AvroSerializer.of(registry, VALUES.withUse(SchemaUse.NEWEST));

        byte[] framed = serializer.serialize("clicks", click2());

        GenericRecord read = AvroDeserializer.asWritten(registry).deserialize(framed);
        assertThat(read.getSchema()).isEqualTo(CLICK_3);
        assertThat(read.get("user_id")).isEqualTo(42L);
        assertThat(read.get("device")).hasToString("OTHER");
        assertThat(read.get("duration_ms")).isEqualTo(-1);
        serializer.serialize("clicks", click2());
        assertThat(registry.calls()).containsOnlyOnce("newest clicks-value");
    }

    @Test
    void theNewestVersionMayNotLoseAField() {
        registry.register("clicks-value", EventSchemas.CLICK.version(1), false);

        SchemaException refused = refusal(VALUES.withUse(SchemaUse.NEWEST), click2());

        assertThat(refused.reason()).isEqualTo(Reason.MISMATCH);
        assertThat(refused)
                .hasMessageContaining("field user_id")
                .hasMessageContaining("version 1 of subject 'clicks-value'");
    }

    @Test
    void fieldsThatGetLostAreFoundWhereverTheyAre() {
        Schema from = EventSchemas.AUDIT.version(3);
        Schema to = EventSchemas.AUDIT.version(2);

        assertThat(Losses.first(from, to)).map(Losses.Loss::path).contains("actor.version");
        assertThat(Losses.first(to, from)).isEmpty();
        assertThat(Losses.first(EventSchemas.ORDER.version(2), EventSchemas.ORDER.version(1)))
                .map(Losses.Loss::path)
                .contains("currency");
        assertThat(Losses.first(EventSchemas.ORDER.version(2), EventSchemas.ORDER.version(3)))
                .isEmpty();
        Schema list = SchemaText.parse(
                "{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}");
        assertThat(Losses.first(list, list)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'enum','name':'E','symbols':['A','B','C']} | {'type':'enum','name':'E','symbols':['A','B'],'default':'A'} | symbol C in f",
                "{'type':'bytes','logicalType':'decimal','precision':4,'scale':2} | {'type':'bytes','logicalType':'decimal','precision':4,'scale':3} | field 'f'",
                "{'type':'long','logicalType':'timestamp-millis'} | {'type':'long','logicalType':'timestamp-micros'} | field 'f'",
                "['null',{'type':'record','name':'Old','fields':[{'name':'x','type':'int'},{'name':'y','type':'int'}]}] "
                        + "| ['null',{'type':'record','name':'New','aliases':['Old'],'fields':[{'name':'x','type':'int'}]}] | field f.y",
                "['null',{'type':'record','name':'Old','fields':[{'name':'x','type':'int'},{'name':'y','type':'int'}]}] "
                        + "| ['null',{'type':'record','name':'New','fields':[{'name':'x','type':'int'}]}] | field f.y"
            })
    void theNewestVersionMayNotChangeAValue(String own, String newest, String said) {
        Schema from = field(own);
        registry.register("clicks-value", field(newest), false);

        // Of the schema alone: what the values are makes no difference.
        assertThat(refusal(VALUES.withUse(SchemaUse.NEWEST), new GenericData.Record(from)))
                .hasMessageContaining(said)
                .hasMessageContaining("version 1 of subject 'clicks-value'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'int' | 'long'",
                "'int' | 'double'",
                "'int' | ['null','double']",
                "'int' | ['null','long']",
                "'string' | ['null','string']"
            })
    void theNewestVersionMayWidenAValue(String own, String newest) {
        registry.register("clicks-value", field(newest), false);
        GenericRecord record = new GenericData.Record(field(own));
        record.put("f", own.equals("'int'") ? (Object) 7 : "7");

        assertThat(AvroSerializer.of(registry, VALUES.withUse(SchemaUse.NEWEST)).serialize("clicks", record))
                .startsWith(0, 0, 0, 0, 1);
    }

    private static Schema field(String type) {
        String text = "{'type':'record','name':'R','fields':[{'name':'f','type':" + type + "}]}";
        return SchemaText.parse(text.replace('\'', '"'));
    }

    @Test
    void aTypeThatDoesNotResolveIsRefusedBeforeAnythingIsWritten() {
        registry.register("clicks-value", Schema.create(Schema.Type.INT), false);

        SchemaException refused = refusal(VALUES.withUse(SchemaUse.NEWEST), "a text");

        assertThat(refused.reason()).isEqualTo(Reason.MISMATCH);
        assertThat(refused).hasMessageContaining("version 1 of subject 'clicks-value'");
    }

    @Test
    void generatedClassesKeepTheirTypes() throws UndecodableException {
        Visit visit = new Visit("/", Instant.ofEpochMilli(1_700_000_000_123L), 3);

        byte[] framed = AvroSerializer.forValues(registry).serialize("visits", visit);

        Visit read = AvroDeserializer.generated(Visit.class, registry).deserialize(framed);
        assertThat(read).isEqualTo(visit);
        assertThat(read.at()).isEqualTo(visit.at());
        GenericRecord generic = AvroDeserializer.asWritten(registry).deserialize(framed);
        assertThat(generic.get("at")).isEqualTo(1_700_000_000_123L);
        GenericRecord converted =
                (GenericRecord) AvroDeserializer.ofAny(null, true, registry).deserialize(framed);
        assertThat(converted.get("at")).isEqualTo(visit.at());
    }

    @Test
    void genericRecordsAndGeneratedOnesOfOneSchemaGoThroughOneSerializer() throws UndecodableException {
        GenericRecord generic = new GenericData.Record(Visit.SCHEMA$);
        generic.put("page", "/");
        generic.put("at", 5L);
        generic.put("seconds", 1);
        AvroSerializer serializer = AvroSerializer.forValues(registry);
        AvroDeserializer<Visit> deserializer = AvroDeserializer.generated(Visit.class, registry);

        Visit first = deserializer.deserialize(serializer.serialize("t", generic));
        Visit second = deserializer.deserialize(serializer.serialize("t", first));

        assertThat(second).isEqualTo(first);
        assertThat(first.at()).isEqualTo(Instant.ofEpochMilli(5));
    }

    @Test
    void amongSeveralClassesTheWritersNameDecides() throws UndecodableException {
        Visit visit = new Visit("/", Instant.EPOCH, 3);
        AvroSerializer serializer = AvroSerializer.forValues(registry);
        var oneOf = AvroDeserializer.oneOf(List.of(Visit.class), registry);

        assertThat(oneOf.deserialize(serializer.serialize("t", visit))).isEqualTo(visit);
        UndecodableException refused = catchThrowableOfType(
                UndecodableException.class, () -> oneOf.deserialize(serializer.serialize("t", click2())));
        assertThat(refused.reason()).isEqualTo(UndecodableException.Reason.INCOMPATIBLE);
        assertThat(refused).hasMessageContaining("io.millstream.demo.Click");
    }

    @Test
    void plainObjectsAreWrittenByReflectionWhereItIsOn() throws UndecodableException {
        AvroSerializer plain = AvroSerializer.of(registry, VALUES.withReflection(Reflection.PLAIN));
        AvroSerializer nulls = AvroSerializer.of(registry, VALUES.withReflection(Reflection.ALLOW_NULL));

        assertThat(AvroDeserializer.plain(Point.class, Reflection.PLAIN, registry)
                        .deserialize(plain.serialize("points", new Point(3, "p"))))
                .isEqualTo(new Point(3, "p"));
        assertThat(AvroDeserializer.plain(Point.class, Reflection.ALLOW_NULL, registry)
                        .deserialize(nulls.serialize("points", new Point(3, null))))
                .isEqualTo(new Point(3, null));
        assertThat(refusal(VALUES, new Point(3, "p")))
                .hasMessageContaining("Point")
                .hasMessageContaining("reflection");
        assertThat(catchThrowableOfType(SchemaException.class, () -> plain.serialize("points", new Point(3, null)))
                        .reason())
                .isEqualTo(Reason.MISMATCH);
    }
}
