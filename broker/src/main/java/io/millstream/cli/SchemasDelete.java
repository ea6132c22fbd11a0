package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream schemas delete}. */
@Command(
        name = "delete",
        description = {
            "Deletes a subject, or one of its versions, and prints the numbers of the versions.",
            "Ids stay good: what was written can be read. With --permanent, what is deleted already goes for good."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SchemasDelete implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SUBJECT[@VERSION]",
            converter = SubjectVersionName.Converter.class,
            description = "A subject with all its versions, or one of them.")
    private SubjectVersionName subject;

    @Option(names = "--permanent", description = "For good; only what is deleted already.")
    private boolean permanent;

    @Option(names = "--json", description = "Print one JSON object with subject and versions.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() {
        verbosity.apply();
        SchemaAdmin admin = registry.admin();
        List<Integer> versions = subject.given()
                ? List.of(admin.deleteVersion(subject.subject(), subject.version(), permanent))
                : admin.deleteSubject(subject.subject(), permanent);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("subject", subject.subject());
            fields.put("versions", versions);
            Output.json(spec.commandLine(), fields);
        } else {
            versions.forEach(version -> Output.line(spec.commandLine(), version));
        }
        return CommandLine.ExitCode.OK;
    }
}
