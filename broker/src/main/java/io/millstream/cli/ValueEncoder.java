package io.millstream.cli;

import io.millstream.schemas.SchemaClient;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.SubjectVersion;
import io.millstream.schemas.serde.JsonEncoder;
import org.apache.avro.Schema;

/** Lines of JSON as Avro values of the schema that {@code --schema} names. */
final class ValueEncoder {

    private ValueEncoder() {}

    /**
     * By a file, whose schema is registered as the topic's if it is not, or by a version of a subject.
     *
     * @param named a file that exists, or {@code SUBJECT[@VERSION]}
     */
    static JsonEncoder of(String topic, String named, RegistryOption registry) {
        if (named.endsWith(".avsc") || SchemaFile.exists(named)) {
            Schema schema = SchemaText.parse(SchemaFile.read(named));
            String subject = topic + "-value";
            SchemaClient client = registry.client();
            return new JsonEncoder(schema, () -> client.register(subject, schema, false));
        }
        SubjectVersionName subject = SubjectVersionName.parse(named);
        SubjectVersion found = registry.admin().version(subject.subject(), subject.version());
        Schema schema = registry.client()
                .find(found.id())
                .orElseThrow(() -> new FailureException(
                        "The registry names the id " + found.id() + " for " + named + " and does not know it",
                        "Try again"));
        return new JsonEncoder(schema, found::id);
    }
}
