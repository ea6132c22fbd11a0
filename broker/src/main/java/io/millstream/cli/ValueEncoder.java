package io.millstream.cli;

import io.millstream.schemas.RegisteredSchema;
import io.millstream.schemas.SchemaClient;
import io.millstream.schemas.SchemaIds;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.SubjectVersion;
import io.millstream.schemas.serde.AvroSerializer;
import io.millstream.schemas.serde.JsonMismatchException;
import io.millstream.schemas.serde.JsonReader;
import io.millstream.schemas.serde.RecordPart;
import io.millstream.schemas.serde.SerializerSettings;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.avro.Schema;

/** Lines of JSON as Avro values of one schema. */
final class ValueEncoder {

    /** A version of a subject that was chosen by hand: its id goes in front of each value. */
    private record Chosen(int id, Schema schema) implements SchemaIds {

        @Override
        public int register(String subject, Schema same, boolean normalize) {
            return id;
        }

        @Override
        public OptionalInt idOf(String subject, Schema same, boolean normalize) {
            return OptionalInt.of(id);
        }

        @Override
        public RegisteredSchema newest(String subject) {
            return new RegisteredSchema(subject, 1, id, schema);
        }

        @Override
        public Optional<Schema> find(int wanted) {
            return wanted == id ? Optional.of(schema) : Optional.empty();
        }
    }

    private final String topic;
    private final JsonReader json;
    private final AvroSerializer serializer;

    private ValueEncoder(String topic, Schema schema, SchemaIds ids) {
        this.topic = topic;
        this.json = new JsonReader(schema);
        this.serializer = AvroSerializer.of(ids, SerializerSettings.defaults(RecordPart.VALUE));
    }

    /**
     * By a file, whose schema is registered as the topic's if it is not, or by a version of a subject.
     *
     * @param named a file that exists, or {@code SUBJECT[@VERSION]}
     */
    static ValueEncoder of(String topic, String named, RegistryOption registry) {
        if (named.equals("-") || named.endsWith(".avsc") || Files.isRegularFile(Path.of(named))) {
            return new ValueEncoder(topic, SchemaText.parse(SchemaFile.read(named)), registry.client());
        }
        SubjectVersionName subject = SubjectVersionName.parse(named);
        SubjectVersion found = registry.admin().version(subject.subject(), subject.version());
        SchemaClient client = registry.client();
        Schema schema = client.find(found.id())
                .orElseThrow(() -> new FailureException(
                        "The registry names the id " + found.id() + " for " + named + " and does not know it",
                        "Try again"));
        return new ValueEncoder(topic, schema, new Chosen(found.id(), schema));
    }

    byte[] encode(byte[] line) throws JsonMismatchException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
        return serializer.serialize(topic, json.read(text));
    }
}
