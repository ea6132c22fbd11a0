package io.millstream.cli;

import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SchemaReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --reference NAME=SUBJECT@VERSION}: where something is that a schema's text names and does not define. */
final class ReferenceOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--reference",
            order = RegistryCommand.FIRST,
            paramLabel = "NAME=SUBJECT@VERSION",
            description = "Where a type that the schema names and does not define is registered; may be repeated.")
    private Map<String, String> references = new LinkedHashMap<>();

    /** The schema in {@code file}, with these references. */
    SchemaDefinition definition(String file) {
        List<SchemaReference> found = new ArrayList<>();
        references.forEach((name, where) -> {
            SubjectVersionName target = SubjectVersionName.parse(where);
            if (!target.given() || target.version() < 1) {
                throw new CommandLine.ParameterException(
                        command.commandLine(), "--reference " + name + "=" + where + " is not NAME=SUBJECT@VERSION");
            }
            found.add(new SchemaReference(name, target.subject(), target.version()));
        });
        return new SchemaDefinition(SchemaFile.read(file), found);
    }
}
