package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaMapTest {

    @Test
    void isTheSameAfterItsWayAsText() {
        SchemaMap map = new SchemaMap(Map.of(7, EventSchemas.CLICK.newest(), 2, Schema.create(Schema.Type.STRING)));

        SchemaMap read = SchemaMap.fromJson(map.toJson(), "test");

        assertThat(read.ids()).containsExactly(2, 7);
        assertThat(SchemaText.canonical(read.find(7).orElseThrow()))
                .isEqualTo(SchemaText.canonical(EventSchemas.CLICK.newest()));
        assertThat(read.find(1)).isEmpty();
        assertThat(SchemaMap.fromJson(new SchemaMap(Map.of()).toJson(), "test").ids())
                .isEmpty();
    }

    @Test
    void refusesOtherTextAndLaterFormats() {
        for (String bad : new String[] {
            "",
            "{}",
            "{\"version\":2,\"schemas\":{}}",
            "{\"version\":1}",
            "{\"version\":1,\"schemas\":{\"1\":\"nonsense\"}}",
            "{\"version\":1,\"schemas\":{\"x\":\"\\\"int\\\"\"}}"
        }) {
            assertThatThrownBy(() -> SchemaMap.fromJson(bad, "the-job")).as(bad).isInstanceOf(SchemaException.class);
        }
    }
}
