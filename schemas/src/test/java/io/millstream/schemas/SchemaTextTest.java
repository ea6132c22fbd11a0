package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.SchemaException.Reason;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemaTextTest {

    private static SchemaException refusal(String text) {
        SchemaException refused = catchThrowableOfType(SchemaException.class, () -> SchemaText.parse(text));
        assertThat(refused).as(text.substring(0, Math.min(text.length(), 60))).isNotNull();
        assertThat(refused.reason()).isEqualTo(Reason.INVALID);
        return refused;
    }

    @Test
    void canonicalTextKeepsAllButWhiteSpace() {
        String text =
                """
                { "type" : "record", "name" : "R", "namespace" : "n", "doc" : "why  so",  "aliases" : ["Old"],
                  "fields" : [ { "name" : "t", "type" : { "type" : "long", "logicalType" : "timestamp-millis" },
                                 "default" : 0, "doc" : "d", "order" : "ignore", "x-mine" : [1, {"a": null}] } ] }
                """;

        String canonical = SchemaText.canonical(SchemaText.parse(text));

        assertThat(canonical)
                .contains(
                        "why  so",
                        "[\"Old\"]",
                        "timestamp-millis",
                        "\"default\":0",
                        "\"doc\":\"d\"",
                        "ignore",
                        "x-mine")
                .doesNotContain("\n", "\" :");
        assertThat(SchemaText.canonical(SchemaText.parse(canonical))).isEqualTo(canonical);
    }

    @Test
    void whatIsNoSchemaIsRefused() {
        for (String text : List.of(
                "",
                " ",
                "{",
                "nonsense",
                "\"Unknown\"",
                "[\"int\",\"int\"]",
                "{\"type\":\"record\"}",
                "{\"type\":\"record\",\"name\":\"1x\",\"fields\":[]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":\"x\"}]}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
                "\"int\" \"long\"")) {
            refusal(text);
        }
    }

    @Test
    void aTextTenThousandDeepIsRefusedOnASmallStack() throws InterruptedException {
        String arrays = "{\"type\":\"array\",\"items\":".repeat(10_000) + "\"int\"" + "}".repeat(10_000);
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            records.append("{\"type\":\"record\",\"name\":\"R")
                    .append(i)
                    .append("\",\"fields\":[{\"name\":\"f\",\"type\":");
        }
        String unclosed = "[".repeat(100_000);
        Thread small = new Thread(
                null,
                () -> List.of(arrays, records.toString(), unclosed).forEach(SchemaTextTest::refusal),
                "small-stack",
                256 * 1024);
        List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
        small.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));

        small.start();
        small.join();

        assertThat(failures).isEmpty();
        assertThat(refusal(arrays)).hasMessageContaining(SchemaText.MAX_DEPTH + " deep");
    }

    @Test
    void aTextAsDeepAsAllowedIsRead() {
        int depth = SchemaText.MAX_DEPTH;
        String text = "{\"type\":\"array\",\"items\":".repeat(depth) + "\"int\"" + "}".repeat(depth);

        assertThat(SchemaText.canonical(SchemaText.parse(text))).isEqualTo(text);
        assertThat(refusal("[" + text + "]")).hasMessageContaining("deep");
    }

    @Test
    void bracketsInStringsAreNotDepth() {
        String doc = "[{".repeat(2_000) + "\\\"" + "[".repeat(2_000) + "\\\\";
        String text = "{\"type\":\"enum\",\"name\":\"E\",\"doc\":\"" + doc + "\",\"symbols\":[\"A\"]}";

        assertThat(SchemaText.parse(text).getDoc()).hasSize(6_002);
    }

    @Test
    void aSchemaMadeInMemoryIsBoundedToo() {
        Schema deep = Schema.create(Schema.Type.INT);
        for (int i = 0; i < SchemaText.MAX_DEPTH + 1; i++) {
            deep = Schema.createArray(deep);
        }
        Schema tooDeep = deep;

        SchemaException refused = catchThrowableOfType(SchemaException.class, () -> SchemaText.canonical(tooDeep));

        assertThat(refused.reason()).isEqualTo(Reason.INVALID);
    }

    @Test
    void tooLongATextIsRefused() {
        String text = "{\"type\":\"enum\",\"name\":\"E\",\"doc\":\"%s\",\"symbols\":[\"A\"]}";

        SchemaText.parse(text.formatted("x".repeat(SchemaText.MAX_BYTES - 100)));
        assertThat(refusal(text.formatted("x".repeat(SchemaText.MAX_BYTES)))).hasMessageContaining("bytes");
        assertThat(refusal(text.formatted("ä".repeat(SchemaText.MAX_BYTES / 2))))
                .hasMessageContaining("bytes");
    }

    @Test
    void aDefaultWithoutEndIsAnsweredSomehow() {
        String text =
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":\"R\",\"default\":{}}]}";

        SchemaException refused =
                catchThrowableOfType(SchemaException.class, () -> SchemaText.canonical(SchemaText.parse(text)));

        assertThat(refused == null || refused.reason() == Reason.INVALID).isTrue();
    }

    @Test
    void theDemosClickIsOne() {
        Schema click = EventSchemas.CLICK.newest();

        assertThat(click.getFullName()).isEqualTo("io.millstream.demo.Click");
        assertThat(click.getField("ts").schema().getLogicalType().getName()).isEqualTo("timestamp-millis");
    }
}
