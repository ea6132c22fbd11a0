package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas list}. */
@Command(
        name = "list",
        description = {
            "Prints the names of all subjects; of one subject, the numbers of its versions.",
            "With --json an object for each subject: its name and its versions."
        })
final class SchemasList extends RegistryCommand {

    @Parameters(paramLabel = "SUBJECT", arity = "0..1", description = "A subject, such as clicks-value.")
    private String subject;

    @Option(names = "--deleted", order = FIRST, description = "Also what is deleted and could be read all the same.")
    private boolean deleted;

    @Override
    void run(SchemaAdmin admin) {
        List<String> subjects = subject == null ? admin.subjects(deleted) : List.of(subject);
        if (subject == null && !json()) {
            print(Map.of(), subjects);
            return;
        }
        for (String each : subjects) {
            List<Integer> versions = admin.versions(each, deleted);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("subject", each);
            fields.put("versions", versions);
            print(fields, versions);
        }
    }
}
