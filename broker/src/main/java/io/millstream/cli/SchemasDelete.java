package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas delete}. */
@Command(
        name = "delete",
        description = {
            "Deletes a subject, or one of its versions, and prints the numbers of the versions.",
            "Ids stay good: what was written can be read. With --permanent, what is deleted already goes for good.",
            "With --json an object with subject and versions."
        })
final class SchemasDelete extends RegistryCommand {

    @Parameters(
            paramLabel = "SUBJECT[@VERSION]",
            converter = SubjectVersionName.Converter.class,
            description = "A subject with all its versions, or one of them.")
    private SubjectVersionName subject;

    @Option(names = "--permanent", order = FIRST, description = "For good; only what is deleted already.")
    private boolean permanent;

    @Override
    void run(SchemaAdmin admin) {
        List<Integer> versions = subject.given()
                ? List.of(admin.deleteVersion(subject.subject(), subject.version(), permanent))
                : admin.deleteSubject(subject.subject(), permanent);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("subject", subject.subject());
        fields.put("versions", versions);
        print(fields, versions);
    }
}
