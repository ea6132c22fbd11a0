package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDiff;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.SubjectVersion;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas diff}. */
@Command(
        name = "diff",
        description = {
            "Says in words what is different in a later schema, a line for each difference; nothing if there is none.",
            "diff clicks-value 2 3 compares two versions, diff clicks-value click.avsc the newest one with a file.",
            "With --json an object with the list of differences."
        })
final class SchemasDiff extends RegistryCommand {

    @Parameters(paramLabel = "SUBJECT", index = "0", description = "A subject, such as clicks-value.")
    private String subject;

    @Parameters(
            paramLabel = "VERSION|FILE",
            index = "1..*",
            arity = "1..2",
            description =
                    "The earlier schema and the later one; the earlier is the newest version if only one is given.")
    private List<String> sides;

    @Override
    void run(SchemaAdmin admin) {
        String earlier = sides.size() == 1 ? "latest" : sides.get(0);
        String later = sides.get(sides.size() - 1);
        List<String> differences = SchemaDiff.between(schema(admin, earlier), schema(admin, later));
        print(Map.of("differences", differences), differences);
    }

    private Schema schema(SchemaAdmin admin, String side) {
        SubjectVersionName named = SubjectVersionName.parse(subject + "@" + side);
        if (!named.given() || !named.subject().equals(subject)) {
            return SchemaText.parse(SchemaFile.read(side));
        }
        SubjectVersion found = admin.version(subject, named.version());
        return client().find(found.id())
                .orElseThrow(() -> new FailureException(
                        "The registry names the id " + found.id() + " for version " + side + " of " + subject
                                + " and does not know it",
                        "Try again"));
    }
}
