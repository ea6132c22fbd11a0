package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.AvroSerializer;
import io.millstream.schemas.serde.JsonReader;
import io.millstream.schemas.serde.JsonWriter;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The project's own events: each version registers after the one before, and reads what was written with it. */
final class EventSchemasTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private final SchemaRegistry registry = zooKeeper.registry();
    private final AvroSerializer serializer = AvroSerializer.forValues(registry);

    @ParameterizedTest
    @EnumSource(EventSchemas.class)
    void eachVersionIsTakenAfterTheOneBefore(EventSchemas event) {
        List<Schema> versions = event.versions();
        for (int i = 0; i < versions.size(); i++) {
            int id = registry.register("events-value", versions.get(i));
            RegisteredSchema newest = registry.newest("events-value");

            assertThat(newest.version()).isEqualTo(i + 1);
            assertThat(newest.id()).isEqualTo(id);
            assertThat(Compatibility.check(
                            CompatibilityLevel.BACKWARD_TRANSITIVE, versions.get(i), versions.subList(0, i)))
                    .isEmpty();
        }
        assertThat(event.newest()).isEqualTo(versions.get(versions.size() - 1));
        assertThatThrownBy(() -> event.version(versions.size() + 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private GenericRecord reread(EventSchemas event, int version, String json) throws Exception {
        Object written = new JsonReader(event.version(version)).read(json);
        byte[] framed = serializer.serialize("events", written);
        return AvroDeserializer.resolvedTo(event.newest(), registry).deserialize(framed);
    }

    @Test
    void anOldClickHasTheUserUnderTheNewNameAndDefaultsForTheRest() throws Exception {
        GenericRecord read = reread(
                EventSchemas.CLICK,
                1,
                "{\"event_id\":\"e\",\"uid\":7,\"url\":\"/\",\"ts\":\"2026-01-02T03:04:05.678Z\",\"country\":\"DE\"}");

        assertThat(JsonWriter.write(read, read.getSchema()))
                .isEqualTo("{\"event_id\":\"e\",\"user_id\":7,\"url\":\"/\",\"referrer\":null,\"ts\":1767323045678,"
                        + "\"country\":\"DE\",\"device\":\"OTHER\",\"duration_ms\":-1}");
    }

    @Test
    void anOldOrderIsPromotedInsideItsListsToo() throws Exception {
        GenericRecord read = reread(
                EventSchemas.ORDER,
                1,
                "{\"order_id\":\"o\",\"customer_id\":7,\"ts\":0,\"total\":12.5,\"weight\":0.5,"
                        + "\"items\":[{\"sku\":\"s\",\"quantity\":2}]}");

        assertThat(JsonWriter.write(read, read.getSchema()))
                .isEqualTo("{\"order_id\":\"o\",\"customer_id\":7,\"ts\":0,\"total\":12.50,\"currency\":\"EUR\","
                        + "\"weight_kg\":0.5,\"items\":[{\"sku\":\"s\",\"quantity\":2,\"gift\":false}],"
                        + "\"status\":\"NEW\",\"note\":null,\"payment\":null}");
    }

    @Test
    void anOldAuditRecordFitsUnionsThatWereWidened() throws Exception {
        GenericRecord first = reread(
                EventSchemas.AUDIT,
                1,
                "{\"event_id\":\"a\",\"ts\":\"1970-01-01T00:00:00.000001Z\",\"actor\":\"ann\",\"action\":\"login\","
                        + "\"took\":3,\"details\":{\"from\":\"web\"}}");
        GenericRecord second = reread(
                EventSchemas.AUDIT,
                2,
                "{\"event_id\":\"a\",\"ts\":1,\"actor\":{\"name\":\"cron\",\"instance\":\"i\"},\"action\":\"run\","
                        + "\"took_ms\":3,\"details\":{\"tries\":2,\"dry\":true}}");

        assertThat(JsonWriter.write(first, first.getSchema()))
                .isEqualTo("{\"event_id\":\"a\",\"ts\":1,\"actor\":{\"string\":\"ann\"},\"action\":\"login\","
                        + "\"took_ms\":3.0,\"details\":{\"from\":{\"string\":\"web\"}},\"address\":null,"
                        + "\"outcome\":\"UNKNOWN\"}");
        assertThat(second.get("actor")).hasToString("{\"name\": \"cron\", \"instance\": \"i\", \"version\": null}");
        assertThat(second.get("details").toString()).contains("tries=2", "dry=true");
    }
}
