package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millstream schemas register}. */
@Command(
        name = "register",
        description = {
            "Makes a schema the newest version of a subject, unless it is one of its versions; prints its id.",
            "With --json an object with subject, version and id."
        })
final class SchemasRegister extends RegistryCommand {

    @Parameters(paramLabel = "SUBJECT", index = "0", description = "A subject, such as clicks-value.")
    private String subject;

    @Parameters(paramLabel = "FILE", index = "1", description = "An Avro schema; - is standard input.")
    private String file;

    @Option(names = "--normalize", order = FIRST, description = "Register it in its normal form.")
    private boolean normalize;

    @Mixin
    private ReferenceOption references;

    @Override
    void run(SchemaAdmin admin) {
        SchemaDefinition definition = references.definition(file);
        int id = admin.register(subject, definition, normalize);
        Map<String, Object> fields = new LinkedHashMap<>();
        if (json()) {
            fields.put("subject", subject);
            admin.lookUp(subject, definition, normalize).ifPresent(found -> fields.put("version", found.version()));
            fields.put("id", id);
        }
        print(fields, List.of(id));
    }
}
