package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SubjectVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream schemas register}. */
@Command(
        name = "register",
        description =
                "Makes a schema the newest version of a subject, unless it is one of its versions; prints its id.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SchemasRegister implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SUBJECT", index = "0", description = "A subject, such as clicks-value.")
    private String subject;

    @Parameters(paramLabel = "FILE", index = "1", description = "An Avro schema; - is standard input.")
    private String file;

    @Option(names = "--normalize", description = "Register it in its normal form.")
    private boolean normalize;

    @Option(
            names = "--reference",
            paramLabel = "NAME=SUBJECT@VERSION",
            description = "Where a type that the schema names and does not define is registered; may be repeated.")
    private Map<String, String> references = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print one JSON object with subject, version and id.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() {
        verbosity.apply();
        SchemaAdmin admin = registry.admin();
        SchemaDefinition definition = SchemaFile.definition(file, references, spec.commandLine());
        int id = admin.register(subject, definition, normalize);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("subject", subject);
            Optional<SubjectVersion> version = admin.lookUp(subject, definition, normalize);
            version.ifPresent(found -> fields.put("version", found.version()));
            fields.put("id", id);
            Output.json(spec.commandLine(), fields);
        } else {
            Output.line(spec.commandLine(), id);
        }
        return CommandLine.ExitCode.OK;
    }
}
