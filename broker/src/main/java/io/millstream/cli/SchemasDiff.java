package io.millstream.cli;

import io.millstream.schemas.SchemaClient;
import io.millstream.schemas.SchemaDiff;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.SubjectVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream schemas diff}. */
@Command(
        name = "diff",
        description = {
            "Says in words what is different in a later schema, a line for each difference; nothing if there is none.",
            "diff clicks-value 2 3 compares two versions, diff clicks-value click.avsc the newest one with a file."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SchemasDiff implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SUBJECT", index = "0", description = "A subject, such as clicks-value.")
    private String subject;

    @Parameters(
            paramLabel = "VERSION|FILE",
            index = "1..*",
            arity = "1..2",
            description =
                    "The earlier schema and the later one; the earlier is the newest version if only one is given.")
    private List<String> sides;

    @Option(names = "--json", description = "Print one JSON object with the list of differences.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() {
        verbosity.apply();
        String earlier = sides.size() == 1 ? "latest" : sides.get(0);
        String later = sides.get(sides.size() - 1);
        List<String> differences = SchemaDiff.between(schema(earlier), schema(later));
        if (json) {
            Output.json(spec.commandLine(), Map.of("differences", differences));
        } else {
            differences.forEach(each -> Output.line(spec.commandLine(), each));
        }
        return CommandLine.ExitCode.OK;
    }

    private Schema schema(String side) {
        SubjectVersionName named = SubjectVersionName.parse(subject + "@" + side);
        if (!named.given() || !named.subject().equals(subject)) {
            return SchemaText.parse(SchemaFile.read(side));
        }
        SubjectVersion found = registry.admin().version(subject, named.version());
        SchemaClient client = registry.client();
        return client.find(found.id())
                .orElseThrow(() -> new FailureException(
                        "The registry names the id " + found.id() + " for version " + side + " of " + subject
                                + " and does not know it",
                        "Try again"));
    }
}
