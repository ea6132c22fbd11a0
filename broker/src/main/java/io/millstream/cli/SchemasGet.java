package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SubjectVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas get}. */
@Command(
        name = "get",
        description = {"Prints a schema.", "With --json an object with subject, version, id and references too."})
final class SchemasGet extends RegistryCommand {

    @Parameters(
            paramLabel = "SUBJECT[@VERSION]",
            arity = "0..1",
            converter = SubjectVersionName.Converter.class,
            description = "A subject's version; its newest if none is given.")
    private SubjectVersionName subject;

    @Option(
            names = "--id",
            order = FIRST,
            paramLabel = "ID",
            description = "The schema of an id, as it stands in records.")
    private Integer id;

    @Override
    void run(SchemaAdmin admin) {
        if ((subject == null) == (id == null)) {
            throw misuse("Give a subject, or --id");
        }
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
        fields.put("schema", Output.tree(definition.text()));
        fields.put("references", definition.references());
        print(fields, List.of(Output.pretty(definition.text())));
    }
}
