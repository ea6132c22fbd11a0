package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SubjectVersion;
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

/** {@code millstream schemas get}. */
@Command(name = "get", description = "Prints a schema.", mixinStandardHelpOptions = true, sortOptions = false)
final class SchemasGet implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SUBJECT[@VERSION]",
            arity = "0..1",
            converter = SubjectVersionName.Converter.class,
            description = "A subject's version; its newest if none is given.")
    private SubjectVersionName subject;

    @Option(names = "--id", paramLabel = "ID", description = "The schema of an id, as it stands in records.")
    private Integer id;

    @Option(names = "--json", description = "Print one JSON object with subject, version, id and references too.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() {
        verbosity.apply();
        if ((subject == null) == (id == null)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Give a subject, or --id");
        }
        SchemaAdmin admin = registry.admin();
        Map<String, Object> fields = new LinkedHashMap<>();
        SchemaDefinition definition;
        if (id == null) {
            SubjectVersion found = admin.version(subject.subject(), subject.version());
            fields.put("subject", found.subject());
            fields.put("version", found.version());
            fields.put("id", found.id());
            definition = found.definition();
        } else {
            fields.put("id", id);
            definition = admin.definition(id);
        }
        if (json) {
            fields.put("schema", Output.tree(definition.text()));
            fields.put("references", definition.references());
            Output.json(spec.commandLine(), fields);
        } else {
            Output.line(spec.commandLine(), Output.pretty(definition.text()));
        }
        return CommandLine.ExitCode.OK;
    }
}
