package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream schemas list}. */
@Command(
        name = "list",
        description = "Prints the names of all subjects; of one subject, the numbers of its versions.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SchemasList implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SUBJECT", arity = "0..1", description = "A subject, such as clicks-value.")
    private String subject;

    @Option(names = "--deleted", description = "Also what is deleted and could be read all the same.")
    private boolean deleted;

    @Option(names = "--json", description = "Print one JSON object per subject: its name and its versions.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() {
        verbosity.apply();
        SchemaAdmin admin = registry.admin();
        List<String> subjects = subject == null ? admin.subjects(deleted) : List.of(subject);
        for (String each : subjects) {
            if (json) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("subject", each);
                fields.put("versions", admin.versions(each, deleted));
                Output.json(spec.commandLine(), fields);
            } else if (subject == null) {
                Output.line(spec.commandLine(), each);
            } else {
                Output.line(
                        spec.commandLine(),
                        admin.versions(each, deleted).stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(System.lineSeparator())));
            }
        }
        return CommandLine.ExitCode.OK;
    }
}
