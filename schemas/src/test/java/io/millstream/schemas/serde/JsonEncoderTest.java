package io.millstream.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.SchemaText;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the schema is, a value is written by it, and not by what it is of by itself. */
final class JsonEncoderTest {

    private final FakeRegistry registry = new FakeRegistry();

    private static Schema schema(String text) {
        return SchemaText.parse(text.replace('\'', '"'));
    }

    private JsonEncoder encoder(Schema schema) {
        return new JsonEncoder(schema, () -> registry.register("t-value", schema, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "['null','long']                              | 5",
                "['null','long']                              | 0",
                "['null','long']                              | null",
                "'null'                                       | null",
                "{'type':'map','values':'int'}                | {'a':1}",
                "{'type':'array','items':'int'}               | [1,2]",
                "'bytes'                                      | 'ab'",
                "{'type':'long','logicalType':'timestamp-millis'} | 5",
                "{'type':'string','logicalType':'uuid'}       | '0b5e9a4f-5a3c-4b8e-9a56-111111111111'",
                "{'type':'enum','name':'E','symbols':['A','B']} | 'B'",
                "[{'type':'record','name':'A','fields':[{'name':'a','type':'int'}]},"
                        + "{'type':'record','name':'B','fields':[{'name':'b','type':'int'}]}] | {'A':{'a':3}}",
                "[{'type':'record','name':'A','fields':[{'name':'a','type':'int'}]},"
                        + "{'type':'record','name':'B','fields':[{'name':'b','type':'int'}]}] | {'B':{'b':0}}"
            })
    void valuesOfEveryTypeComeBack(String type, String json) throws Exception {
        Schema schema = schema(type);
        String line = json.replace('\'', '"');

        byte[] framed = encoder(schema).encode(line.getBytes(UTF_8));

        assertThat(registry.find(Framing.schemaId(framed))).contains(schema);
        Object read = AvroDeserializer.ofAny(null, false, registry).deserialize(framed);
        assertThat(JsonWriter.write(read, schema)).isEqualTo(line);
    }

    @Test
    void theIdIsAskedForOnceAndNotForATextThatIsNoValue() throws Exception {
        JsonEncoder encoder = encoder(schema("'int'"));

        assertThat(catchThrowableOfType(JsonMismatchException.class, () -> encoder.encode("true".getBytes(UTF_8))))
                .hasMessage("the value is true, not int");
        assertThat(registry.calls()).isEmpty();
        encoder.encode("1".getBytes(UTF_8));
        encoder.encode("2".getBytes(UTF_8));

        assertThat(registry.calls()).containsExactly("register t-value");
    }

    @Test
    void whatIsNotUtf8IsSaid() {
        JsonEncoder encoder = encoder(schema("'string'"));

        for (byte[] text : new byte[][] {{'"', 'a', (byte) 0xff, '"'}, {'"', 'a', (byte) 0xc3}}) {
            assertThat(catchThrowableOfType(JsonMismatchException.class, () -> encoder.encode(text)))
                    .hasMessage("not UTF-8 at byte 3");
        }
    }
}
