package io.millstream.schemas;

import static io.millstream.schemas.CompatibilityTest.avro;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Avro's checker passes and Avro's readers fail at is refused. */
@DisplayName("Beyond Avro's checker")
class BeyondAvrosCheckerTest {

    private static final String E = "{'type':'enum','name':'%s','symbols':['P']}";

    private static String holder(String type) {
        return "{'type':'record','name':'x.Holder','fields':[{'name':'f','type':" + type + "}]}";
    }

    private static String two(String name, String fields) {
        return "{'type':'record','name':'" + name + "','fields':[" + fields + "]}";
    }

    static Stream<Arguments> pairs() {
        String number = "{'name':'n','type':'int'}";
        String text = "{'name':'n','type':'string'}";
        return Stream.of(
                Arguments.of(
                        "an enum of another namespace in a union that changed",
                        holder("['null'," + E.formatted("x.E") + "]"),
                        holder("['null','int'," + E.formatted("y.E") + "]"),
                        Clash.UNION_BRANCH),
                Arguments.of(
                        "a fixed of another namespace in a union that changed",
                        holder("['null',{'type':'fixed','name':'x.H','size':1}]"),
                        holder("['null','int',{'type':'fixed','name':'y.H','size':1}]"),
                        Clash.UNION_BRANCH),
                Arguments.of(
                        "a record that fits, but not the one of the full name",
                        holder("[" + two("x.R", number) + "]"),
                        holder("[" + two("x.R", text) + "," + two("y.R", number) + "]"),
                        Clash.TYPE),
                Arguments.of(
                        "two branches that aliases give one name",
                        holder("[" + E.formatted("x.A") + "," + E.formatted("x.B") + "]"),
                        holder("[{'type':'enum','name':'x.C','aliases':['x.A','x.B'],'symbols':['P']}]"),
                        Clash.ALIAS),
                Arguments.of(
                        "an alias of one type for another type",
                        two("x.H", "{'name':'a','type':" + E.formatted("x.A") + "},{'name':'b','type':'x.A'}"),
                        two(
                                "x.H",
                                "{'name':'a','type':{'type':'enum','name':'x.C','aliases':['x.A'],'symbols':['P']}},"
                                        + "{'name':'b','type':" + E.formatted("x.A") + "}"),
                        Clash.NAME),
                Arguments.of(
                        "an alias of a field in a record of another namespace",
                        two("x.R", "{'name':'a','type':'int'}"),
                        two("y.R", "{'name':'b','type':'int','aliases':['a']}"),
                        Clash.ALIAS),
                Arguments.of(
                        "an alias that takes a field which is needed",
                        two("x.R", "{'name':'a','type':'int'}"),
                        two("x.R", "{'name':'a','type':'int'},{'name':'b','type':'int','aliases':['a']}"),
                        Clash.ALIAS),
                Arguments.of(
                        "a default that is no symbol",
                        two("x.R", number),
                        two("x.R", number + ",{'name':'e','type':" + E.formatted("x.E") + ",'default':'NONE'}"),
                        Clash.BAD_DEFAULT),
                Arguments.of(
                        "a default of a later branch than the one that it is taken for",
                        two("x.R", number),
                        two("x.R", number + ",{'name':'e','type':[" + E.formatted("x.E") + ",'null'],'default':null}"),
                        Clash.BAD_DEFAULT),
                Arguments.of(
                        "a default without an end",
                        two("x.R", number),
                        two("x.R", number + ",{'name':'r','type':['x.R','null'],'default':null}"),
                        Clash.BAD_DEFAULT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void isRefused(String what, String earlier, String proposed, Clash clash) {
        Schema writer = avro(earlier);
        Schema reader = avro(proposed);

        assertThat(AvroReads.checker(reader, writer)).isEqualTo("COMPATIBLE");
        assertThat(AvroReads.failure(reader, writer, new Random(1))).isPresent();
        assertThat(Compatibility.check(CompatibilityLevel.BACKWARD, reader, List.of(writer)))
                .extracting(Incompatibility::clash)
                .contains(clash);
    }
}
