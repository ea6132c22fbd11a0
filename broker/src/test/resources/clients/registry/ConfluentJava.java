import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Config;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.SchemaBuilder;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroSerializationSchema;

/**
 * Flink's serializers, and Confluent's own client for Java which they bring along, against a broker; arguments and output as in
 * kafkajs.js.
 */
public final class ConfluentJava {

    private static final String SUBJECT = "java-value";
    private static final Schema READING = reading().endRecord();
    private static final Schema WITH_UNIT =
            reading().name("unit").type().stringType().stringDefault("cm").endRecord();
    private static final Schema WITH_REQUIRED =
            reading().name("required").type().intType().noDefault().endRecord();

    private static SchemaBuilder.FieldAssembler<Schema> reading() {
        return SchemaBuilder.record("Reading")
                .namespace("weather")
                .fields()
                .requiredString("place")
                .requiredLong("count")
                .requiredDouble("level")
                .name("tags")
                .type()
                .array()
                .items()
                .stringType()
                .noDefault()
                .optionalString("note");
    }

    private static GenericRecordBuilder given(Schema schema) {
        return new GenericRecordBuilder(schema)
                .set("place", "Zürich")
                .set("count", 9007199254740990L)
                .set("level", 0.5)
                .set("tags", List.of("a", ""));
    }

    private static void require(boolean truth, Object otherwise) {
        if (!truth) {
            throw new AssertionError(otherwise);
        }
    }

    private static void requireGiven(GenericRecord read) {
        String expected = given(read.getSchema()).build().toString();
        require(read.toString().equals(expected), read);
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static void refused(int status, int code, Call call) throws Exception {
        try {
            throw new AssertionError("not refused: " + call.run());
        } catch (RestClientException e) {
            require(e.getStatus() == status && e.getErrorCode() == code, e);
        }
    }

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0];

        // what ours wrote
        var reader = ConfluentRegistryAvroDeserializationSchema.forGeneric(READING, url);
        requireGiven(reader.deserialize(HexFormat.of().parseHex(arguments[1])));

        // its own, and a version that goes with it
        byte[] encoded = ConfluentRegistryAvroSerializationSchema.forGeneric(SUBJECT, READING, url)
                .serialize(given(READING).build());
        requireGiven(reader.deserialize(encoded));
        System.out.println(HexFormat.of().formatHex(encoded));
        byte[] later = ConfluentRegistryAvroSerializationSchema.forGeneric(SUBJECT, WITH_UNIT, url)
                .serialize(given(WITH_UNIT).set("unit", "mm").build());
        requireGiven(reader.deserialize(later));
        System.out.println(HexFormat.of().formatHex(later));

        try (var client = new CachedSchemaRegistryClient(url, 100)) {
            administer(client);
        }
        System.out.println("done");
    }

    private static void administer(CachedSchemaRegistryClient client) throws Exception {
        AvroSchema reading = new AvroSchema(READING);
        int id = client.getId(SUBJECT, reading);
        require(client.register(SUBJECT, reading, true) == id, "registered anew");
        require(client.getSchemaById(id).equals(reading), client.getSchemaById(id));
        require(client.getVersion(SUBJECT, new AvroSchema(WITH_UNIT)) == 2, "version");
        require(client.getAllVersions(SUBJECT).equals(List.of(1, 2)), client.getAllVersions(SUBJECT));
        require(client.getAllSubjects().contains(SUBJECT), client.getAllSubjects());
        require(client.getAllSubjectsByPrefix("java").contains(SUBJECT), "by prefix");
        require(client.getAllSubjectsById(id).contains(SUBJECT), "by id");
        require(client.getAllVersionsById(id).size() >= 1, "versions by id");
        require(client.getLatestSchemaMetadata(SUBJECT).getVersion() == 2, "latest");
        require(client.getSchemas(SUBJECT, false, true).size() == 1, "schemas");
        require(client.getByVersion(SUBJECT, 1, false).getId() == id, "by version");

        AvroSchema bad = new AvroSchema(WITH_REQUIRED);
        require(!client.testCompatibility(SUBJECT, bad), "compatible");
        List<String> why = client.testCompatibilityVerbose(SUBJECT, bad);
        require(why.toString().contains("required"), why);
        refused(409, 409, () -> client.register(SUBJECT, bad));
        refused(404, 40408, () -> client.getConfig(SUBJECT));
        client.updateConfig(SUBJECT, new Config("FULL"));
        Config config = client.getConfig(SUBJECT);
        require(config.getCompatibilityLevel().equals("FULL"), config);
        client.deleteConfig(SUBJECT);
        require(client.setMode("READONLY", SUBJECT).equals("READONLY"), "mode");
        refused(422, 42205, () -> client.deleteSubject(Map.of(), SUBJECT, false));
        client.deleteMode(SUBJECT);
        require(client.getMode().equals("READWRITE"), client.getMode());
        refused(404, 40401, () -> client.getAllVersions("java-nothing"));
        refused(404, 40403, () -> client.getSchemaById(1000000));

        references(client);
        require(client.deleteSchemaVersion(Map.of(), SUBJECT, "2", false) == 2, "deleted");
        client.register("java-gone", new AvroSchema("\"boolean\""));
        require(client.deleteSubject(Map.of(), "java-gone", false).equals(List.of(1)), "deleted");
        require(client.deleteSubject(Map.of(), "java-gone", true).equals(List.of(1)), "deleted permanently");
    }

    private static void references(CachedSchemaRegistryClient client) throws Exception {
        client.register("java-address", new AvroSchema(
                "{\"type\":\"record\",\"name\":\"Address\",\"namespace\":\"shop\","
                        + "\"fields\":[{\"name\":\"city\",\"type\":\"string\"}]}"));
        List<SchemaReference> references = List.of(new SchemaReference("shop.Address", "java-address", 1));
        String text = "{\"type\":\"record\",\"name\":\"Person\",\"namespace\":\"shop\","
                + "\"fields\":[{\"name\":\"home\",\"type\":\"Address\"}]}";
        AvroSchema person = (AvroSchema) client.parseSchema("AVRO", text, references).orElseThrow();
        int id = client.register("java-person", person);
        client.reset();
        require(client.getSchemaById(id).references().equals(references), "references");
        refused(422, 42206, () -> client.deleteSubject(Map.of(), "java-address", false));
    }
}
