package io.millstream.cli;

import io.millstream.schemas.CompatibilityLevel;
import io.millstream.schemas.SchemaAdmin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas config}. */
@Command(
        name = "config",
        description = {
            "Prints the level of compatibility that counts, of all subjects or of one, or changes it.",
            "With --json an object with subject and compatibility."
        })
final class SchemasConfig extends RegistryCommand {

    @Parameters(
            paramLabel = "SUBJECT",
            arity = "0..1",
            description = "A subject; without one, all that have no own level.")
    private String subject;

    @Option(names = "--set", order = FIRST, paramLabel = "LEVEL", description = "One of ${COMPLETION-CANDIDATES}.")
    private CompatibilityLevel level;

    @Option(names = "--unset", order = FIRST, description = "The subject has no level of its own any more.")
    private boolean unset;

    @Override
    void run(SchemaAdmin admin) {
        if (unset && (subject == null || level != null)) {
            throw misuse("--unset goes with a subject and without --set");
        }
        if (level != null) {
            admin.setLevel(Optional.ofNullable(subject), level.name());
        } else if (unset) {
            admin.deleteLevel(subject);
        }
        String counts = admin.level(Optional.ofNullable(subject), subject != null)
                .orElseThrow(() -> new FailureException(
                        "The registry has no level of compatibility", "Set one: schemas config --set BACKWARD"));
        Map<String, Object> fields = new LinkedHashMap<>();
        if (subject != null) {
            fields.put("subject", subject);
        }
        fields.put("compatibility", counts);
        print(fields, List.of(counts));
    }
}
