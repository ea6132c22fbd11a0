package io.millstream.cli;

import io.millstream.schemas.CompatibilityResult;
import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream schemas check}. */
@Command(
        name = "check",
        description = {
            "Says whether a schema could be registered, by the subject's level of compatibility.",
            "Prints compatible, or what is not, a line each; exit code 1 if it could not."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SchemasCheck implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SUBJECT[@VERSION]",
            index = "0",
            converter = SubjectVersionName.Converter.class,
            description = "A subject; with a version, only that one is checked against.")
    private SubjectVersionName subject;

    @Parameters(paramLabel = "FILE", index = "1", description = "An Avro schema; - is standard input.")
    private String file;

    @Option(
            names = "--reference",
            paramLabel = "NAME=SUBJECT@VERSION",
            description = "Where a type that the schema names and does not define is registered; may be repeated.")
    private Map<String, String> references = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print one JSON object with compatible and messages.")
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
        CompatibilityResult result = subject.given()
                ? admin.check(subject.subject(), subject.version(), definition)
                : admin.check(subject.subject(), definition);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("compatible", result.compatible());
            fields.put("messages", result.messages());
            Output.json(spec.commandLine(), fields);
        } else if (result.compatible()) {
            Output.line(spec.commandLine(), "compatible");
        } else {
            result.messages().forEach(message -> Output.line(spec.commandLine(), message));
        }
        if (!result.compatible()) {
            throw new FailureException(
                    "Subject " + subject.subject() + " would refuse this schema for "
                            + result.messages().size() + (result.messages().size() == 1 ? " reason" : " reasons")
                            + ", printed on standard output",
                    "Change the schema, or see docs/schemas.md about levels of compatibility");
        }
        return CommandLine.ExitCode.OK;
    }
}
