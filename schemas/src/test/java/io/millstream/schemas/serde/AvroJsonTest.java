package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millstream.schemas.SchemaText;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON in and out, as the command line has it. */
final class AvroJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DECIMAL = "{'type':'bytes','logicalType':'decimal','precision':4,'scale':2}";
    private static final String FIXED = "{'type':'fixed','name':'F','size':2}";
    private static final String DECIMAL_FIXED =
            "{'type':'fixed','name':'D','size':4,'logicalType':'decimal','precision':4,'scale':2}";
    private static final String UNION =
            "['null','string','long',{'type':'record','name':'P','fields':[{'name':'x','type':'int'}]}]";

    private static Schema field(String type) {
        String quoted = type.startsWith("{") || type.startsWith("[") ? type : "'" + type + "'";
        String text = "{'type':'record','name':'R','fields':[{'name':'f','type':" + quoted + "}]}";
        return SchemaText.parse(text.replace('\'', '"'));
    }

    private static String type(String named) {
        return switch (named) {
            case "DECIMAL" -> DECIMAL;
            case "FIXED" -> FIXED;
            case "DECIMAL_FIXED" -> DECIMAL_FIXED;
            case "UNION" -> UNION;
            default -> named;
        };
    }

    @Test
    void whatIsWrittenIsReadBackWhateverItIs() throws Exception {
        long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
        for (int i = 0; i < 300; i++) {
            RandomAvro avro = new RandomAvro(seed + i);
            Schema schema = avro.record(3);
            JsonReader reader = new JsonReader(schema);
            for (int j = 0; j < 10; j++) {
                String written = JsonWriter.write(avro.value(schema, 5), schema);
                String again = JsonWriter.write(reader.read(written), schema);

                assertThat(written).doesNotContain("\n");
                assertThat(JSON.readTree(again))
                        .as("-Dseed=" + (seed + i) + " " + schema)
                        .isEqualTo(JSON.readTree(written));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "DECIMAL       | 12.5                    | 12.50",
                "DECIMAL       | -0.01                   | -0.01",
                "DECIMAL       | 1e1                     | 10.00",
                "DECIMAL_FIXED | -12.34                  | -12.34",
                "FIXED         | \"\\u00ff\\u0000\"      | \"\u00ff\\u0000\"",
                "float         | \"NaN\"                 | \"NaN\"",
                "double        | 1                       | 1.0",
                "UNION         | null                    | null",
                "UNION         | 7                       | {\"long\":7}",
                "UNION         | {\"string\":\"7\"}      | {\"string\":\"7\"}",
                "UNION         | {\"x\":1}               | {\"P\":{\"x\":1}}",
                "UNION         | {\"P\":{\"x\":1}}       | {\"P\":{\"x\":1}}"
            })
    void valuesMayBeWrittenAsPeopleDo(String named, String json, String written) throws Exception {
        Schema schema = field(type(named));

        GenericRecord read = (GenericRecord) new JsonReader(schema).read("{\"f\":" + json + "}");

        assertThat(JsonWriter.write(read, schema)).isEqualTo("{\"f\":" + written + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "['null',{'type':'map','values':'string'}]                    | {'map':'x'}      | {'map':{'map':'x'}}",
                "['null',{'type':'map','values':'string'}]                    | {'map':{'map':'x'}} | {'map':{'map':'x'}}",
                "['null',{'type':'map','values':'string'}]                    | {'null':'x'}     | {'map':{'null':'x'}}",
                "['null',{'type':'map','values':'string'}]                    | {'string':'x'}   | {'string':'x'}",
                "['null',{'type':'map','values':['null','R']}]      | {'map':{'m':{'f':null}}} | {'m':{'f':null}}",
                "['null',{'type':'map','values':['null','R']}] | {'map':{'map':{'f':null}}} | {'map':{'map':{'f':null}}}",
                "['null',{'type':'record','name':'v','fields':[{'name':'v','type':'int'}]}] | {'v':1} | {'v':{'v':1}}",
                "'double' | -0.0 | -0.0",
                "'float'  | -0.0 | -0.0",
                "'double' | -0e5 | -0.0",
                "{'type':'bytes','logicalType':'decimal','precision':2147483647,'scale':2147483647} | 'a' | 'a'",
                "{'type':'bytes','logicalType':'decimal','precision':2,'scale':0} | 'abc' | 'abc'"
            })
    void whatCouldBeTakenForAnotherValueIsWrittenOut(String type, String json, String written) throws Exception {
        Schema schema = SchemaText.parse(
                ("{'type':'record','name':'R','fields':[{'name':'f','type':" + type + "}]}").replace('\'', '"'));
        JsonReader reader = new JsonReader(schema);

        Object read = reader.read("{\"f\":" + json.replace('\'', '"') + "}");

        String text = JsonWriter.write(read, schema);
        assertThat(text).isEqualTo("{\"f\":" + written.replace('\'', '"') + "}");
        assertThat(JsonWriter.write(reader.read(text), schema)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int           | 2147483648   | field f is 2147483648, not int",
                "int           | 1.0          | field f is 1.0, not int",
                "long          | 1e30         | not long",
                "float         | 1e39         | field f is 1E+39, not float",
                "double        | 1e999        | not double",
                "string        | null         | field f is null, not string",
                "null          | 0            | field f is 0, not null",
                "boolean       | \"true\"     | not boolean",
                "DECIMAL       | 0.001        | not decimal (bytes)",
                "DECIMAL       | 123.45       | not decimal (bytes)",
                "DECIMAL       | 1e999999999  | not decimal (bytes)",
                "FIXED         | \"abc\"      | not text of 2 characters",
                "UNION         | true         | no branch of the union takes: [null, string, long, P]",
                "UNION         | {\"y\":1}    | no branch of the union takes"
            })
    void whatDoesNotFitIsNamed(String named, String json, String said) {
        JsonReader reader = new JsonReader(field(type(named)));

        JsonMismatchException refused =
                catchThrowableOfType(JsonMismatchException.class, () -> reader.read("{\"f\":" + json + "}"));

        assertThat(refused).hasMessageContaining(said);
        assertThat(refused.getMessage()).doesNotContain("\n").hasSizeLessThan(700);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"f\":1} x        | not JSON at character",
                "{\"f\":1,\"f\":2}  | not JSON",
                "[]                 | the value is [], not an object for the record R",
                "{}                 | field f is missing and has no default",
                "{\"f\":1,\"g\":2}  | field g is no field of R"
            })
    void whatIsNoRecordIsRefused(String json, String said) {
        JsonReader reader = new JsonReader(field("int"));

        assertThat(catchThrowableOfType(JsonMismatchException.class, () -> reader.read(json)))
                .hasMessageContaining(said);
    }

    @Test
    void depthIsBounded() {
        Schema list = SchemaText.parse(
                "{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"n\",\"type\":[\"null\",\"L\"]}]}");
        String deep = "{\"n\":".repeat(100_000) + "null" + "}".repeat(100_000);

        assertThat(catchThrowableOfType(JsonMismatchException.class, () -> new JsonReader(list).read(deep)))
                .hasMessageContaining("not JSON");
    }
}
