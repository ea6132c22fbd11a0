package io.millstream.schemas;

import static io.millstream.schemas.CompatibilityTest.avro;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** One test for each {@link ConservativeRefusal}: refused, though no record breaks. */
class ConservativeRefusalTest {

    private static final String COMPATIBLE = "COMPATIBLE";
    private static final String INCOMPATIBLE = "INCOMPATIBLE";

    private static String record(String name, String... fields) {
        return "{'type':'record','name':'" + name + "','fields':[" + String.join(",", fields) + "]}";
    }

    private static String field(String name, String type) {
        return "{'name':'" + name + "','type':" + type + "}";
    }

    private static Schema holder(String type) {
        return avro(record("x.Holder", field("f", type)));
    }

    private static void assertRefusedThoughReadable(Schema writer, Schema reader, Clash clash, String checker) {
        assertThat(Compatibility.check(CompatibilityLevel.BACKWARD, reader, List.of(writer)))
                .extracting(Incompatibility::clash)
                .contains(clash);
        assertThat(AvroReads.failure(reader, writer, new Random(1))).isEmpty();
        assertThat(AvroReads.checker(reader, writer)).isEqualTo(checker);
    }

    @Test
    void recordName() {
        Schema writer = avro(record("x.Click", field("f", "'int'")));
        Schema reader = avro(record("x.Visit", field("f", "'int'")));
        assertRefusedThoughReadable(writer, reader, Clash.NAME, INCOMPATIBLE);
    }

    @Test
    void recordInUnion() {
        Schema writer = holder("['null'," + record("x.Click", field("f", "'int'")) + "]");
        Schema reader = holder("['null'," + record("x.Visit", field("f", "'int'")) + "]");
        assertRefusedThoughReadable(writer, reader, Clash.UNION_BRANCH, INCOMPATIBLE);
    }

    @Test
    void namesakeInUnion() {
        Schema writer = holder("[" + record("x.Click", field("f", "'int'")) + "]");
        Schema reader = holder(
                "[" + record("y.Click", field("g", "'int'")) + "," + record("y.Visit", field("f", "'int'")) + "]");
        assertRefusedThoughReadable(writer, reader, Clash.MISSING_DEFAULT, INCOMPATIBLE);
    }

    @Test
    void noValueOfAnEnumWithoutSymbols() {
        Schema writer = holder("['null',{'type':'enum','name':'x.None','symbols':[]}]");
        Schema reader = holder("['null',{'type':'enum','name':'x.Other','symbols':[]}]");
        assertRefusedThoughReadable(writer, reader, Clash.UNION_BRANCH, INCOMPATIBLE);
    }

    @Test
    void noValueOfARecordThatNeedsItself() {
        Schema writer = holder("['null'," + record("x.Endless", field("f", "'x.Endless'"), field("g", "'int'")) + "]");
        Schema reader =
                holder("['null'," + record("x.Endless", field("f", "'x.Endless'"), field("g", "'string'")) + "]");
        assertRefusedThoughReadable(writer, reader, Clash.TYPE, INCOMPATIBLE);
    }

    /** Readers apply a field's aliases to records of the full name alone, and fill in the default. */
    @Test
    void aliasInDoubtWhereTheValueIsLost() {
        Schema writer = avro(record("x.Click", field("a", "'int'")));
        Schema reader = avro(record("y.Click", "{'name':'b','type':'int','aliases':['a'],'default':7}"));
        assertRefusedThoughReadable(writer, reader, Clash.ALIAS, COMPATIBLE);
    }

    @Test
    void aliasInDoubtWhereTheCheckerThrows() {
        Schema writer = avro(record("x.Click", field("a", "'int'"), field("b", "'int'")));
        Schema reader = avro(record("y.Click", field("a", "'int'"), "{'name':'b','type':'int','aliases':['a']}"));
        assertRefusedThoughReadable(writer, reader, Clash.ALIAS, "throws");
    }

    /** What was in c is read as b, and c gets its default. */
    @Test
    void aliasInDoubtThatTakesANameInUse() {
        Schema writer = avro(record("x.Click", field("c", "'int'")));
        Schema reader = avro(record(
                "x.Click", "{'name':'b','type':'int','aliases':['c']}", "{'name':'c','type':'int','default':7}"));
        assertRefusedThoughReadable(writer, reader, Clash.ALIAS, COMPATIBLE);
    }

    /** Readers that rename twice make a of c at last, others b. */
    @Test
    void aliasInDoubtOfAnAlias() {
        Schema writer = avro(record("x.Click", field("f", "{'type':'enum','name':'x.C','symbols':['P']}")));
        Schema reader = avro("{'type':'record','name':'x.Click','aliases':['x.B'],'fields':["
                + field("f", "{'type':'enum','name':'x.B','aliases':['x.C'],'symbols':['P']}") + "]}");
        assertRefusedThoughReadable(writer, reader, Clash.ALIAS, COMPATIBLE);
    }

    @Test
    void defaultNotMeant() {
        String other = record("x.Other", "{'name':'g','type':'int','default':1}");
        Schema writer = avro(record("x.Click", field("f", "'int'")));
        Schema reader =
                avro(record("x.Click", field("f", "'int'"), "{'name':'n','type':[" + other + ",'int'],'default':5}"));
        assertRefusedThoughReadable(writer, reader, Clash.BAD_DEFAULT, COMPATIBLE);

        GenericRecord written = new GenericData.Record(writer);
        written.put("f", 3);
        GenericRecord read = (GenericRecord) AvroReads.read(reader, writer, AvroReads.write(writer, written));
        assertThat(read.get("n")).as("5 was meant").isInstanceOf(GenericRecord.class);
    }

    @Test
    void meaning() {
        Schema writer = holder("{'type':'long','logicalType':'timestamp-millis'}");
        Schema reader = holder("{'type':'long','logicalType':'timestamp-micros'}");
        assertRefusedThoughReadable(writer, reader, Clash.LOGICAL_TYPE, COMPATIBLE);
    }

    @Test
    void meaningOfBranchesThatLookAlike() {
        String one = record("x.Price", field("n", "'int'"));
        String other = record("y.Price", field("n", "'int'"));
        Schema writer = holder("[" + one + "," + other + "]");
        Schema reader = holder("[" + other + "," + one + "]");
        assertRefusedThoughReadable(writer, reader, Clash.BRANCH_ORDER, COMPATIBLE);
    }
}
