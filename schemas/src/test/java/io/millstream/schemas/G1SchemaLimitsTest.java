package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** G1: what is too large is refused before it costs anything, and hostile pairs after a counted amount of work. */
class G1SchemaLimitsTest {

    /** A quarter of what a thread usually has. */
    private static final int SMALL_STACK = 256 * 1024;

    private static void onASmallStack(Runnable action) {
        FutureTask<Void> task = new FutureTask<>(action, null);
        new Thread(null, task, "small stack", SMALL_STACK).start();
        assertThatCode(task::get).doesNotThrowAnyException();
    }

    private static void assertRefused(String text, String limit) {
        onASmallStack(() -> assertThatThrownBy(() -> SchemaLimits.checkTexts(List.of(text)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(limit)
                .hasMessageNotContaining("\n"));
    }

    private static void assertTaken(String text) {
        assertThatCode(() -> SchemaLimits.checkTexts(List.of(text))).doesNotThrowAnyException();
    }

    private static String times(int count, String before, IntFunction<String> part, String after) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(",", before, after));
    }

    @Test
    void nestingTenThousandDeepIsRefused() {
        String deep = "{\"type\":\"array\",\"items\":".repeat(10_000) + "\"int\"" + "}".repeat(10_000);
        assertRefused(deep, "nested 400 deep");
        assertRefused("[".repeat(10_000), "nested 400 deep");
        assertTaken("{\"type\":\"array\",\"items\":".repeat(400) + "\"int\"" + "}".repeat(400));
    }

    @Test
    void textIsBoundedInBytes() {
        String doc = "{\"type\":\"int\",\"doc\":\"%s\"}";
        int rest = SchemaLimits.MAX_BYTES - doc.length() + 2;
        assertTaken(doc.formatted("x".repeat(rest)));
        assertRefused(doc.formatted("x".repeat(rest + 1)), "262144 bytes");
        assertRefused(doc.formatted("\u20ac".repeat(rest / 2)), "262144 bytes");
    }

    @Test
    void whatIsNoJsonIsRefusedInOneLine() {
        assertRefused("{\"type\":\n\"int\"", "Not JSON");
    }

    /** As Avro's parser does; what is in them is not nested, and what only looks like one is. */
    @Test
    void commentsAreTaken() {
        String deep = "[".repeat(500);
        String lines = "/* " + deep + " */ {\"type\": // \" " + deep + "\r\n \"int\" /**/ }";
        assertTaken(lines);
        assertThat(SchemaText.parse(lines)).isEqualTo(Schema.create(Schema.Type.INT));
        assertRefused("/* */" + deep, "nested 400 deep");
        assertRefused("// \n" + deep, "nested 400 deep");
        assertRefused("\"/*\"" + deep, "nested 400 deep");
        assertRefused("/" + deep, "nested 400 deep");
        assertRefused("/* {", "Not JSON");
    }

    /** Else two schemas would have one hash, and so one id. */
    @Test
    void halfASurrogatePairIsRefused() {
        String doc = "{\"type\":\"int\",\"x\":\"%s\"}";
        assertThat(SchemaText.parse(doc.formatted("\\ud83d\\ude00"))).isNotNull();
        for (String half : List.of("\\ud83d", "\ud83d")) {
            assertThatThrownBy(() -> SchemaText.parse(doc.formatted(half))).hasMessageContaining("surrogate");
        }
    }

    @Test
    void unionsAreBoundedInWidth() {
        IntFunction<String> branch = i -> "{\"type\":\"fixed\",\"name\":\"F" + i + "\",\"size\":1}";
        assertTaken(times(1000, "[", branch, "]"));
        assertRefused(times(1001, "[", branch, "]"), "1000 branches");
    }

    @Test
    void typesFieldsSymbolsAliasesAndReferencesAreCounted() {
        IntFunction<String> types =
                i -> "{\"type\":\"map\",\"values\":{\"type\":\"fixed\",\"name\":\"F" + i + "\",\"size\":1}}";
        String many = times(600, "[", types, "]");
        assertTaken(many);
        assertThatThrownBy(() -> SchemaLimits.checkTexts(List.of(many, many))).hasMessageContaining("1000 named types");
        assertRefused(
                times(10_001, "{\"type\":\"record\",\"fields\":[", i -> "{\"type\":\"int\"}", "]}"), "10000 fields");
        assertRefused(times(10_001, "{\"type\":\"enum\",\"symbols\":[", i -> "\"S" + i + "\"", "]}"), "10000 symbols");
        assertRefused(
                times(10_001, "{\"type\":\"fixed\",\"size\":1,\"aliases\":[", i -> "\"A" + i + "\"", "]}"),
                "10000 aliases");
        assertThatThrownBy(() -> SchemaLimits.checkTexts(Collections.nCopies(202, "\"int\"")))
                .hasMessageContaining("200 others");
    }

    /** A size is a property like any other, but for a fixed; so are fields and symbols where there are none. */
    @Test
    void whatIsInAListOrMapIsCountedWhateverElseIsSaid() {
        IntFunction<String> branch = i -> "{\"type\":\"fixed\",\"name\":\"F" + i + "\",\"size\":1}";
        for (String more : List.of("\"size\":1", "\"fields\":[]", "\"symbols\":[]")) {
            String list = "{\"type\":\"array\"," + more + ",\"items\":%s}";
            String map = "{\"type\":\"map\"," + more + ",\"values\":%s}";
            assertTaken(list.formatted(times(1000, "[", branch, "]")));
            assertRefused(list.formatted(times(1001, "[", branch, "]")), "1000 branches");
            assertRefused(map.formatted(times(1001, "[", branch, "]")), "1000 branches");
        }
    }

    /** Avro's parser walks from each of them to all others. */
    @Test
    void manyTypesThatLeadToManyAreRefused() {
        assertTaken(times(60, "[", i -> mesh(i, 60), "]"));
        assertRefused(times(150, "[", i -> mesh(i, 150), "]"), "lead to 2000000 parts");
    }

    /** A record of 66 fields of other types, of {@code of} in all. */
    private static String mesh(int number, int of) {
        IntFunction<String> field = i -> "{\"type\":\"R" + (number + i) % of + "\"}";
        return "{\"type\":\"record\",\"name\":\"R" + number + "\"," + times(66, "\"fields\":[", field, "]}");
    }

    /** A thousand types that each speak thirty times of the name that all have. */
    @Test
    void manyTypesOfOneShortNameAreRefused() {
        String mentions = times(30, "\"fields\":[{\"type\":[", i -> "\"X\"", "]}]}");
        IntFunction<String> type = i -> "{\"type\":\"record\",\"name\":\"a" + i + ".X\"," + mentions;
        assertTaken(times(200, "[", type, "]"));
        assertRefused(times(1000, "[", type, "]"), "lead to 2000000 parts");
    }

    /** What people have is not: many kinds of events, each with a type that all share. */
    @Test
    void manyTypesOfTheirOwnAreTaken() {
        IntFunction<String> field = i -> "{\"name\":\"f" + i + "\",\"type\":\"R0\"}";
        assertTaken(times(
                900,
                "[",
                i -> "{\"type\":\"record\",\"name\":\"R" + i + "\"," + times(8, "\"fields\":[", field, "]}"),
                "]"));
    }

    @Test
    void typesThatOnlyNamesNestAreBounded() {
        onASmallStack(() ->
                assertThatCode(() -> SchemaLimits.check(chain(200, "int"))).doesNotThrowAnyException());
        onASmallStack(() -> assertThatThrownBy(() -> SchemaLimits.check(chain(10_000, "int")))
                .hasMessageContaining("nested 500 deep"));
    }

    @Test
    void defaultsThatDoubleAreRefused() {
        Schema record = SchemaBuilder.record("R0")
                .fields()
                .name("a")
                .type()
                .intType()
                .intDefault(1)
                .endRecord();
        // No more than that: the constructor validates them, each time twice as long.
        for (int i = 1; i <= 14; i++) {
            record = Schema.createRecord(
                    "R" + i,
                    null,
                    null,
                    false,
                    List.of(
                            new Schema.Field("a", record, null, Collections.emptyMap()),
                            new Schema.Field("b", record, null, Collections.emptyMap())));
            if (i == 10) {
                SchemaLimits.check(record);
            }
        }
        Schema doubled = record;
        onASmallStack(() ->
                assertThatThrownBy(() -> SchemaLimits.check(doubled)).hasMessageContaining("defaults of 10000 values"));
    }

    @Test
    void defaultsAreValidatedInTheParsersPlace() {
        Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
        Schema wrong = parser.parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + "{\"name\":\"n\",\"type\":\"int\",\"default\":\"one\"}]}");
        assertThatThrownBy(() -> SchemaLimits.check(wrong))
                .hasMessage("In record R, field 'n': the default is not of the type int");
        Schema endless = new Schema.Parser()
                .setValidateDefaults(false)
                .parse("{\"type\":\"record\",\"name\":\"R\","
                        + "\"fields\":[{\"name\":\"r\",\"type\":\"R\",\"default\":{}}]}");
        assertThatThrownBy(() -> SchemaLimits.check(endless)).hasMessageContaining("defaults of 10000 values");
    }

    /** The default of y, and each value in it, could be an R2 or an R3. */
    private static String branching(int depth) {
        String r3 = Definitions.record("R3", "[\"null\",\"R2\",\"R3\"]");
        String r2 = Definitions.record("R2", "[\"null\",\"R2\"," + r3 + "]");
        return "{\"type\":\"record\",\"name\":\"R1\",\"fields\":[{\"name\":\"y\",\"type\":[" + r2
                + ",\"R3\"],\"default\":" + "{\"f\":".repeat(depth) + "null" + "}".repeat(depth) + "}]}";
    }

    /** If they were not, the steps would double with each level: this would never end. */
    @Test
    void defaultsThatCouldBeOfManyTypesAreLookedAtOnceForEach() {
        assertThat(SchemaText.parse(branching(390)).getFields()).hasSize(1);
    }

    @Test
    void longDefaultsOfWideUnionsAreRefused() {
        IntFunction<String> branch = i -> "{\"type\":\"fixed\",\"name\":\"F" + i + "\",\"size\":1}";
        String many = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"x\","
                + times(900, "\"type\":{\"type\":\"array\",\"items\":[", branch, "]}") + ","
                + times(5000, "\"default\":[", i -> "1", "]}]}");
        assertThatThrownBy(() -> SchemaText.parse(many)).hasMessageContaining("checked in 1000000 steps");
    }

    /** A list of so many records, each an optional field of the one before; the last holds {@code leaf}. */
    private static Schema chain(int length, String leaf) {
        Schema next = Schema.create(Schema.Type.valueOf(leaf.toUpperCase(Locale.ROOT)));
        for (int i = 0; i < length; i++) {
            Schema optional = i == 0 ? next : Schema.createUnion(Schema.create(Schema.Type.NULL), next);
            next = Schema.createRecord("R" + i, null, null, false, List.of(new Schema.Field("f", optional)));
        }
        return next;
    }

    private static Schema ring(int length, String leaf) {
        List<Schema> records = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            records.add(Schema.createRecord("R", null, "n" + i, false));
        }
        for (int i = 0; i < length; i++) {
            Schema next = Schema.createUnion(Schema.create(Schema.Type.NULL), records.get((i + 1) % length));
            records.get(i)
                    .setFields(List.of(
                            new Schema.Field("next", next),
                            new Schema.Field(
                                    "leaf", Schema.create(Schema.Type.valueOf(leaf.toUpperCase(Locale.ROOT))))));
        }
        return records.get(0);
    }

    private static Schema records(int count, IntFunction<Schema> record) {
        return Schema.createUnion(IntStream.range(0, count).mapToObj(record).toList());
    }

    /** Checks both ways, on a small stack; gives the steps that it took. */
    private static long steps(Schema one, Schema other, long atMost) {
        Work work = new Work(Compatibility.MAX_STEPS);
        List<Incompatibility> reasons = new ArrayList<>();
        onASmallStack(() -> reasons.addAll(Compatibility.check(CompatibilityLevel.FULL, one, List.of(other), work)));
        assertThat(reasons).hasSizeLessThanOrEqualTo(Compatibility.MAX_REASONS);
        assertThat(reasons)
                .allSatisfy(it -> assertThat(it.message("version 1").length()).isLessThan(2500));
        assertThat(work.spent()).isLessThanOrEqualTo(atMost);
        return work.spent();
    }

    @Test
    void deepChainsAreCheckedInStepsThatGrowWithThem() {
        steps(chain(200, "int"), chain(200, "long"), 20_000);
        steps(chain(10_000, "int"), chain(10_000, "long"), 2_000_000);
    }

    /** Avro's checker gives one reason for each way that leads to it: two to the sixtieth. */
    @Test
    void reasonsDoNotDoubleWithEachLevel() {
        Schema one = Schema.createRecord(
                "R", null, null, false, List.of(new Schema.Field("f", Schema.create(Schema.Type.INT))));
        Schema other = Schema.createRecord(
                "R", null, null, false, List.of(new Schema.Field("f", Schema.create(Schema.Type.STRING))));
        for (int i = 0; i < 60; i++) {
            one = Schema.createRecord(
                    "R" + i, null, null, false, List.of(new Schema.Field("a", one), new Schema.Field("b", one)));
            other = Schema.createRecord(
                    "R" + i, null, null, false, List.of(new Schema.Field("a", other), new Schema.Field("b", other)));
        }
        steps(one, other, 5_000);
    }

    /** Together they go round 97 x 101 pairs before they meet the first again. */
    @Test
    void ringsOfDifferentLengthsAreFoundTooDeep() {
        Schema one = ring(97, "int");
        Schema other = ring(101, "int");
        steps(one, other, 1_000_000);
        assertThat(Compatibility.check(CompatibilityLevel.BACKWARD, one, List.of(other)))
                .extracting(Incompatibility::clash)
                .contains(Clash.TOO_DEEP);
    }

    @Test
    void wideUnionsOfRecordsEndWithinTheAllowance() {
        Schema one = records(1000, i -> SchemaBuilder.record("n" + i + ".R")
                .fields()
                .requiredInt("f" + i)
                .endRecord());
        Schema other = records(1000, i -> SchemaBuilder.record("m" + i + ".R")
                .fields()
                .requiredInt("f" + i)
                .endRecord());
        steps(one, other, Compatibility.MAX_STEPS + 20_000);
    }

    @Test
    void wideUnionsOfWideUnionsEndWithinTheAllowance() {
        Schema inner = records(300, i -> SchemaBuilder.record("n" + i + ".R")
                .fields()
                .requiredInt("f")
                .endRecord());
        Schema otherInner = records(300, i -> SchemaBuilder.record("m" + i + ".R")
                .fields()
                .requiredInt("f")
                .endRecord());
        Schema one = records(
                300, i -> Schema.createRecord("o.S" + i, null, null, false, List.of(new Schema.Field("f", inner))));
        Schema other = records(
                300,
                i -> Schema.createRecord("p.S" + i, null, null, false, List.of(new Schema.Field("f", otherInner))));
        steps(one, other, Compatibility.MAX_STEPS + 20_000);
    }

    @Test
    void longEnumsAndAliasesEndWithinTheAllowance() {
        List<String> symbols = IntStream.range(0, 10_000).mapToObj(i -> "S" + i).toList();
        List<String> others = IntStream.range(0, 10_000).mapToObj(i -> "T" + i).toList();
        steps(
                fields(20, i -> Schema.createEnum("n" + i + ".E", null, null, symbols)),
                fields(20, i -> Schema.createEnum("n" + i + ".E", null, null, others)),
                Compatibility.MAX_STEPS + 20_000);
        Schema aliased = Schema.createRecord("R", null, null, false);
        Schema.Field field = new Schema.Field("f", Schema.create(Schema.Type.INT));
        IntStream.range(0, 10_000).forEach(i -> {
            field.addAlias("a" + i);
            aliased.addAlias("x.A" + i);
        });
        aliased.setFields(List.of(field));
        steps(aliased, aliased, 200_000);
    }

    private static Schema fields(int count, IntFunction<Schema> type) {
        return Schema.createRecord(
                "R",
                null,
                null,
                false,
                IntStream.range(0, count)
                        .mapToObj(i -> new Schema.Field("f" + i, type.apply(i)))
                        .toList());
    }

    /** To parse them all, and hold them, would take minutes and gigabytes. */
    @Test
    void versionsOfLongTextsAreNotAllParsedFirst() {
        Schema schema = Schema.create(Schema.Type.INT);
        ParsedSchema parsed = ParsedSchema.of(schema, "x".repeat(200_000), List.of());
        List<Subject.Version> versions = IntStream.rangeClosed(1, 1000)
                .mapToObj(i -> new Subject.Version(i, i, false, false))
                .toList();
        List<Integer> asked = new ArrayList<>();

        List<String> messages = new CompatibilityCheck()
                .messages(CompatibilityLevel.BACKWARD_TRANSITIVE, parsed, versions, id -> {
                    asked.add(id);
                    return parsed;
                });

        assertThat(asked).hasSizeLessThan(300).startsWith(1000, 999);
        assertThat(messages).hasSize(1).first().asString().contains("2000000 steps");
    }

    @Test
    void manyVersionsShareOneAllowance() {
        Schema schema = fields(300, i -> Schema.create(Schema.Type.INT));
        Work work = new Work(Compatibility.MAX_STEPS);
        List<Incompatibility> reasons = Compatibility.check(
                CompatibilityLevel.FULL_TRANSITIVE, schema, Collections.nCopies(10_000, schema), work);

        assertThat(work.spent()).isLessThanOrEqualTo(Compatibility.MAX_STEPS + 20_000);
        assertThat(reasons).extracting(Incompatibility::clash).containsExactly(Clash.TOO_MUCH);
        assertThat(reasons.get(0).message("version 1"))
                .contains("2000000 steps")
                .contains("not transitive");
    }
}
