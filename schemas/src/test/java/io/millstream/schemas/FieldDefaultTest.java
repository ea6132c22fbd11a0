package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** Defaults of fields, whichever Jackson Avro holds them in. */
final class FieldDefaultTest {

    private static final Schema RECORD = new Schema.Parser()
            .parse(
                    """
                    {"type": "record", "name": "All", "fields": [
                      {"name": "none", "type": "int"},
                      {"name": "nothing", "type": ["null", "int"], "default": null},
                      {"name": "large", "type": "long", "default": 9007199254740993},
                      {"name": "fraction", "type": "double", "default": 0.1},
                      {"name": "bytes", "type": "bytes", "default": "\\u00ff\\u0000\\""},
                      {"name": "list", "type": {"type": "array", "items": "string"}, "default": ["a", "\\u20ac"]},
                      {"name": "map", "type": {"type": "map", "values": "boolean"}, "default": {"x": true}}]}
                    """);

    @Test
    void a_default_is_the_same_read_again_from_its_text_as_a_tree_of_another_jackson_is() {
        List<Schema.Field> withDefault = RECORD.getFields().stream()
                .filter(Schema.Field::hasDefaultValue)
                .toList();

        assertThat(withDefault).hasSize(6).allSatisfy(field -> {
            JsonNode value = FieldDefault.of(field);
            Object foreign = new Object() {
                @Override
                public String toString() {
                    return value.toString();
                }
            };
            assertThat(FieldDefault.reread(foreign)).isEqualTo(value);
        });
        assertThat(FieldDefault.of(RECORD.getField("list")).get(1).textValue()).isEqualTo("€");
    }

    @Test
    void a_field_without_a_default_has_none() {
        assertThat(FieldDefault.of(RECORD.getField("none"))).isNull();
    }
}
