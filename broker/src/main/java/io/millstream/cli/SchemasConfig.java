package io.millstream.cli;

import io.millstream.schemas.CompatibilityLevel;
import io.millstream.schemas.SchemaAdmin;
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

/** {@code millstream schemas config}. */
@Command(
        name = "config",
        description = "Prints the level of compatibility that counts, of all subjects or of one, or changes it.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SchemasConfig implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SUBJECT",
            arity = "0..1",
            description = "A subject; without one, all that have no own level.")
    private String subject;

    @Option(names = "--set", paramLabel = "LEVEL", description = "One of ${COMPLETION-CANDIDATES}.")
    private CompatibilityLevel level;

    @Option(names = "--unset", description = "The subject has no level of its own any more.")
    private boolean unset;

    @Option(names = "--json", description = "Print one JSON object with subject and compatibility.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() {
        verbosity.apply();
        if (unset && (subject == null || level != null)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--unset goes with a subject and without --set");
        }
        SchemaAdmin admin = registry.admin();
        if (level != null) {
            admin.setLevel(Optional.ofNullable(subject), level.name());
        } else if (unset) {
            admin.deleteLevel(subject);
        }
        String counts = admin.level(Optional.ofNullable(subject), subject != null)
                .orElseThrow(() -> new FailureException(
                        "The registry has no level of compatibility", "Set one: schemas config --set BACKWARD"));
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            if (subject != null) {
                fields.put("subject", subject);
            }
            fields.put("compatibility", counts);
            Output.json(spec.commandLine(), fields);
        } else {
            Output.line(spec.commandLine(), counts);
        }
        return CommandLine.ExitCode.OK;
    }
}
