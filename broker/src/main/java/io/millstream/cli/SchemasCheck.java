package io.millstream.cli;

import io.millstream.schemas.CompatibilityResult;
import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas check}. */
@Command(
        name = "check",
        description = {
            "Says whether a schema could be registered, by the subject's level of compatibility.",
            "Prints compatible, or what is not, a line each; exit code 1 if it could not.",
            "With --json an object with compatible and messages."
        })
final class SchemasCheck extends RegistryCommand {

    @Parameters(
            paramLabel = "SUBJECT[@VERSION]",
            index = "0",
            converter = SubjectVersionName.Converter.class,
            description = "A subject; with a version, only that one is checked against.")
    private SubjectVersionName subject;

    @Parameters(paramLabel = "FILE", index = "1", description = "An Avro schema; - is standard input.")
    private String file;

    @Mixin
    private ReferenceOption references;

    @Override
    void run(SchemaAdmin admin) {
        SchemaDefinition definition = references.definition(file);
        CompatibilityResult result = subject.given()
                ? admin.check(subject.subject(), subject.version(), definition)
                : admin.check(subject.subject(), definition);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("compatible", result.compatible());
        fields.put("messages", result.messages());
        print(fields, result.compatible() ? List.of("compatible") : result.messages());
        if (!result.compatible()) {
            throw new FailureException(
                    "Subject " + subject.subject() + " would refuse this schema for "
                            + result.messages().size() + (result.messages().size() == 1 ? " reason" : " reasons")
                            + ", printed on standard output",
                    "Change the schema, or see docs/schemas.md about levels of compatibility");
        }
    }
}
