package io.millstream.schemas;

import static io.millstream.schemas.CompatibilityTest.avro;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SchemaDiffTest {

    private static String record(String... fields) {
        return "{'type':'record','name':'shop.Order','fields':[" + String.join(",", fields) + "]}";
    }

    private static void assertDiff(String earlier, String later, String... lines) {
        assertThat(SchemaDiff.between(avro(earlier), avro(later))).containsExactly(lines);
    }

    private static void assertFieldDiff(String earlier, String later, String... lines) {
        assertDiff(record("{'name':'f','type':" + earlier + "}"), record("{'name':'f','type':" + later + "}"), lines);
    }

    @Test
    void fieldsAddedAndRemoved() {
        assertDiff(
                record("{'name':'id','type':'long'}", "{'name':'old','type':'string','default':'x'}"),
                record(
                        "{'name':'id','type':'long'}",
                        "{'name':'referrer','type':['null','string'],'default':null}",
                        "{'name':'n','type':'int'}"),
                "added `referrer` (nullable string, default null)",
                "added `n` (int, no default)",
                "removed `old` (string, default \"x\")");
    }

    @Test
    void fieldsRenamedByAlias() {
        assertDiff(
                record("{'name':'user','type':'string'}"),
                record("{'name':'login','type':'string','aliases':['user','nick']}"),
                "renamed `user` to `login` (the old name is an alias)",
                "gave `login` the alias nick");
    }

    @Test
    void typesPromotedAndChanged() {
        assertFieldDiff("'int'", "'long'", "promoted `f` from int to long");
        assertFieldDiff("'string'", "'int'", "changed the type of `f` from string to int");
        assertFieldDiff("'int'", "['null','long']", "made `f` nullable", "promoted `f` from int to long");
        assertFieldDiff("['null','int']", "'int'", "made `f` no longer nullable");
        assertFieldDiff(
                "['int','string']",
                "['string','boolean']",
                "added boolean to the types of `f`",
                "removed int from the types of `f`");
        assertFieldDiff(
                "{'type':'array','items':'int'}",
                "{'type':'array','items':'double'}",
                "promoted `f[]` from int to double");
    }

    @Test
    void docsDefaultsAndLogicalTypes() {
        assertDiff(
                record("{'name':'f','type':'int','default':0}"),
                record("{'name':'f','type':'int','default':1,'doc':'how many'}"),
                "added the doc of `f`",
                "changed the default of `f` from 0 to 1");
        assertDiff(
                record("{'name':'f','type':'int'}"),
                record("{'name':'f','type':'int','default':1}"),
                "added the default of `f`: 1");
        assertFieldDiff(
                "{'type':'long','logicalType':'timestamp-millis'}",
                "{'type':'long','logicalType':'timestamp-micros'}",
                "changed the logical type of `f` from timestamp-millis to timestamp-micros");
        assertFieldDiff(
                "'bytes'",
                "{'type':'bytes','logicalType':'decimal','precision':9,'scale':2}",
                "added the logical type of `f`: decimal of 9 digits, 2 behind the point");
    }

    @Test
    void namedTypes() {
        assertFieldDiff(
                "{'type':'enum','name':'E','symbols':['A','B']}",
                "{'type':'enum','name':'E','symbols':['A','C','D'],'default':'A'}",
                "added C, D to the symbols of `f`",
                "removed B from the symbols of `f`",
                "added the default symbol of `f`: A");
        assertFieldDiff(
                "{'type':'fixed','name':'H','size':4}",
                "{'type':'fixed','name':'H','size':8}",
                "changed the size of `f` from 4 to 8");
        assertFieldDiff(
                "{'type':'fixed','name':'H','size':4}",
                "{'type':'fixed','name':'Hash','size':4,'aliases':['H']}",
                "renamed fixed shop.H to shop.Hash (the old name is an alias)");
    }

    @Test
    void orderOfFields() {
        String a = "{'name':'a','type':'int'}";
        String b = "{'name':'b','type':'int'}";
        assertDiff(record(a, b), record(b, a), "changed the order of the fields of the schema itself");
    }

    @Test
    void recursiveSchemasEnd() {
        String node = "{'type':'record','name':'Node','fields':[{'name':'value','type':'%s'},"
                + "{'name':'next','type':['null','Node']}]}";
        assertDiff(node.formatted("int"), node.formatted("int"));
        assertDiff(node.formatted("int"), node.formatted("long"), "promoted `value` from int to long");
    }
}
