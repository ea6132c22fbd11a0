package io.millstream.schemas;

import static io.millstream.schemas.CompatibilityLevel.BACKWARD;
import static io.millstream.schemas.CompatibilityLevel.BACKWARD_TRANSITIVE;
import static io.millstream.schemas.CompatibilityLevel.FORWARD;
import static io.millstream.schemas.CompatibilityLevel.FORWARD_TRANSITIVE;
import static io.millstream.schemas.CompatibilityLevel.FULL;
import static io.millstream.schemas.CompatibilityLevel.FULL_TRANSITIVE;
import static io.millstream.schemas.CompatibilityLevel.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.Incompatibility.Direction;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CompatibilityTest {

    private static final Set<CompatibilityLevel> ALL = EnumSet.allOf(CompatibilityLevel.class);
    private static final Set<CompatibilityLevel> NEW_READS_OLD = EnumSet.of(NONE, BACKWARD, BACKWARD_TRANSITIVE);
    private static final Set<CompatibilityLevel> OLD_READS_NEW = EnumSet.of(NONE, FORWARD, FORWARD_TRANSITIVE);
    private static final Set<CompatibilityLevel> NEITHER = EnumSet.of(NONE);

    private static final String ID = "{'name':'id','type':'long'}";

    static Schema avro(String text) {
        return new Schema.Parser().parse(text.replace('\'', '"'));
    }

    private static String record(String... fields) {
        return "{'type':'record','name':'Order','namespace':'shop','fields':[" + String.join(",", fields) + "]}";
    }

    private static String field(String type) {
        return record("{'name':'f','type':" + type + "}");
    }

    /** What changes, the earlier schema, the new one, the levels that let it pass. */
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of("nothing", record(ID), record(ID), ALL),
                Arguments.of(
                        "a field with a default more",
                        record(ID),
                        record(ID, "{'name':'n','type':'int','default':0}"),
                        ALL),
                Arguments.of(
                        "a field without a default more",
                        record(ID),
                        record(ID, "{'name':'n','type':'int'}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "a field without a default less",
                        record(ID, "{'name':'n','type':'int'}"),
                        record(ID),
                        NEW_READS_OLD),
                Arguments.of(
                        "order of fields",
                        record(ID, "{'name':'n','type':'int'}"),
                        record("{'name':'n','type':'int'}", ID),
                        ALL),
                Arguments.of("int to long", field("'int'"), field("'long'"), NEW_READS_OLD),
                Arguments.of("int to float", field("'int'"), field("'float'"), NEW_READS_OLD),
                Arguments.of("int to double", field("'int'"), field("'double'"), NEW_READS_OLD),
                Arguments.of("long to float", field("'long'"), field("'float'"), NEW_READS_OLD),
                Arguments.of("long to double", field("'long'"), field("'double'"), NEW_READS_OLD),
                Arguments.of("float to double", field("'float'"), field("'double'"), NEW_READS_OLD),
                Arguments.of("double to float", field("'double'"), field("'float'"), OLD_READS_NEW),
                Arguments.of("string to bytes", field("'string'"), field("'bytes'"), ALL),
                Arguments.of("string to int", field("'string'"), field("'int'"), NEITHER),
                Arguments.of("boolean to int", field("'boolean'"), field("'int'"), NEITHER),
                Arguments.of("null to int", field("'null'"), field("'int'"), NEITHER),
                Arguments.of("int to an optional int", field("'int'"), field("['null','int']"), NEW_READS_OLD),
                Arguments.of("int to an optional long", field("'int'"), field("['null','long']"), NEW_READS_OLD),
                Arguments.of("order of branches", field("['null','int']"), field("['int','null']"), ALL),
                Arguments.of("a branch more", field("['null','int']"), field("['null','int','string']"), NEW_READS_OLD),
                Arguments.of("a branch instead", field("['null','int']"), field("['null','string']"), NEITHER),
                Arguments.of(
                        "items",
                        field("{'type':'array','items':'int'}"),
                        field("{'type':'array','items':'long'}"),
                        NEW_READS_OLD),
                Arguments.of(
                        "values of a map",
                        field("{'type':'map','values':'int'}"),
                        field("{'type':'map','values':'string'}"),
                        NEITHER),
                Arguments.of(
                        "array to map",
                        field("{'type':'array','items':'int'}"),
                        field("{'type':'map','values':'int'}"),
                        NEITHER),
                Arguments.of(
                        "a symbol more",
                        field("{'type':'enum','name':'E','symbols':['A']}"),
                        field("{'type':'enum','name':'E','symbols':['A','B']}"),
                        NEW_READS_OLD),
                Arguments.of(
                        "a symbol more, with defaults",
                        field("{'type':'enum','name':'E','symbols':['A'],'default':'A'}"),
                        field("{'type':'enum','name':'E','symbols':['A','B'],'default':'A'}"),
                        ALL),
                Arguments.of(
                        "the name of an enum",
                        field("{'type':'enum','name':'E','symbols':['A']}"),
                        field("{'type':'enum','name':'F','symbols':['A']}"),
                        NEITHER),
                Arguments.of(
                        "the name of an enum, with an alias",
                        field("{'type':'enum','name':'E','symbols':['A']}"),
                        field("{'type':'enum','name':'F','aliases':['E'],'symbols':['A']}"),
                        NEW_READS_OLD),
                Arguments.of(
                        "a fixed size",
                        field("{'type':'fixed','name':'H','size':4}"),
                        field("{'type':'fixed','name':'H','size':5}"),
                        NEITHER),
                Arguments.of(
                        "the name of a field",
                        record("{'name':'a','type':'int'}"),
                        record("{'name':'b','type':'int'}"),
                        NEITHER),
                Arguments.of(
                        "the name of a field, with an alias",
                        record("{'name':'a','type':'int'}"),
                        record("{'name':'b','aliases':['a'],'type':'int'}"),
                        NEW_READS_OLD),
                Arguments.of(
                        "documentation", field("'int'"), record("{'name':'f','type':'int','doc':'how many'}"), ALL),
                Arguments.of(
                        "a logical type more",
                        field("'long'"),
                        field("{'type':'long','logicalType':'timestamp-millis'}"),
                        ALL),
                Arguments.of(
                        "a logical type that not every text is of",
                        field("'string'"),
                        field("{'type':'string','logicalType':'uuid'}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "a logical type that no empty bytes are of",
                        field("'bytes'"),
                        field("{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "text that is to be a number",
                        field("'string'"),
                        field("{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "a time that ends with the day",
                        field("'int'"),
                        field("{'type':'int','logicalType':'time-millis'}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "a field with a default that is no number",
                        record("{'name':'f','type':'int'}"),
                        record("{'name':'f','type':'int'},{'name':'d','type':{'type':'bytes','logicalType':'decimal',"
                                + "'precision':9,'scale':2},'default':''}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "a field with a default that is no UUID",
                        record("{'name':'f','type':'int'}"),
                        record("{'name':'f','type':'int'},{'name':'u','type':{'type':'string','logicalType':'uuid'},"
                                + "'default':''}"),
                        OLD_READS_NEW),
                Arguments.of(
                        "a field with a default that is a UUID",
                        record("{'name':'f','type':'int'}"),
                        record("{'name':'f','type':'int'},{'name':'u','type':{'type':'string','logicalType':'uuid'},"
                                + "'default':'00000000-0000-0000-0000-000000000000'}"),
                        ALL),
                Arguments.of(
                        "another unit of time",
                        field("{'type':'long','logicalType':'timestamp-millis'}"),
                        field("{'type':'long','logicalType':'timestamp-micros'}"),
                        NEITHER),
                Arguments.of(
                        "another scale",
                        field("{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}"),
                        field("{'type':'bytes','logicalType':'decimal','precision':9,'scale':3}"),
                        NEITHER),
                Arguments.of(
                        "more digits",
                        field("{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}"),
                        field("{'type':'bytes','logicalType':'decimal','precision':18,'scale':2}"),
                        NEW_READS_OLD));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void eachLevelLetsPassWhatItAsksFor(
            String change, String earlier, String proposed, Set<CompatibilityLevel> levels) {
        assertThat(CompatibilityLevel.values())
                .filteredOn(level -> Compatibility.check(level, avro(proposed), List.of(avro(earlier)))
                        .isEmpty())
                .containsExactlyInAnyOrderElementsOf(levels);
    }

    @Test
    void onlyTransitiveLevelsLookFurtherBackThanTheLatest() {
        List<Schema> earlier = List.of(avro(field("'string'")), avro(field("'int'")));
        Schema proposed = avro(field("'int'"));

        assertThat(CompatibilityLevel.values())
                .filteredOn(
                        level -> !Compatibility.check(level, proposed, earlier).isEmpty())
                .containsExactly(BACKWARD_TRANSITIVE, FORWARD_TRANSITIVE, FULL_TRANSITIVE);
        assertThat(Compatibility.check(FULL_TRANSITIVE, proposed, earlier))
                .extracting(Incompatibility::earlier)
                .containsOnly(0);
    }

    @Test
    void theFirstVersionIsCompatibleWithNone() {
        assertThat(CompatibilityLevel.values())
                .allMatch(level ->
                        Compatibility.check(level, avro(record(ID)), List.of()).isEmpty());
    }

    @Test
    void aMessageNamesDirectionVersionPlaceClashAndRemedy() {
        Schema earlier =
                avro(record("{'name':'lines','type':{'type':'array','items':{'type':'record','name':'Line','fields':["
                        + "{'name':'price','type':'string'}]}}}"));
        Schema proposed =
                avro(record("{'name':'lines','type':{'type':'array','items':{'type':'record','name':'Line','fields':["
                        + "{'name':'price','type':'int'},{'name':'tax','type':'int'}]}}}"));

        assertThat(Compatibility.check(FULL, proposed, List.of(earlier)))
                .extracting(it -> it.message("version 3"))
                .containsExactly(
                        "The new schema cannot read what version 3 wrote: field 'lines[].tax' is in the new schema, where it has no"
                                + " default, and not in version 3; give it a default, or leave it out",
                        "The new schema cannot read what version 3 wrote: field 'lines[].price' is int in the new schema and string in"
                                + " version 3, which Avro does not read as each other; keep the type, or add a field of another name"
                                + " for the new one",
                        "Version 3 could not read what the new schema writes: field 'lines[].price' is string in version 3 and int in"
                                + " the new schema, which Avro does not read as each other; keep the type, or add a field of another"
                                + " name for the new one");
    }

    @Test
    void pathsLeadThroughUnionsAndMaps() {
        String inner = "{'type':'record','name':'Card','fields':[{'name':'number','type':'%s'}]}";
        String outer = "{'name':'pay','type':['null','string',{'type':'map','values':['null'," + inner + "]}]}";
        Schema earlier = avro(record(outer.formatted("long")));
        Schema proposed = avro(record(outer.formatted("boolean")));

        assertThat(Compatibility.check(BACKWARD, proposed, List.of(earlier)))
                .extracting(Incompatibility::path)
                .containsExactly("pay<map>{}.number");
        assertThat(Compatibility.check(BACKWARD, avro("'int'"), List.of(avro("'string'"))))
                .extracting(it -> it.message("version 1"))
                .first()
                .asString()
                .contains("the schema itself is int");
    }

    @Test
    void messagesStayShortHoweverLongTheNames() {
        String name = "long.name.".repeat(200) + "E";
        Schema earlier = avro(field("{'type':'enum','name':'" + name + "','symbols':['A']}"));
        Schema proposed = avro(field("{'type':'enum','name':'z.F','symbols':['A']}"));

        assertThat(Compatibility.check(BACKWARD, proposed, List.of(earlier)))
                .extracting(it -> it.message("version 1"))
                .allSatisfy(it -> assertThat(it).hasSizeLessThan(700).doesNotContain("\n"));
    }

    @Test
    void levelsAreNamedInCapitalsOrNot() {
        assertThat(CompatibilityLevel.named("full_transitive")).contains(FULL_TRANSITIVE);
        assertThat(CompatibilityLevel.named("SOME")).isEmpty();
        assertThat(ALL).allMatch(level -> CompatibilityLevel.named(level.name()).equals(Optional.of(level)));
        assertThat(Arrays.stream(Direction.values()).filter(NONE::asksFor)).isEmpty();
    }
}
