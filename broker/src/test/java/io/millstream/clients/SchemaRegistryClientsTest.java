package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.fixture.BrokerProcess;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.AvroSerializer;
import io.millstream.schemas.serde.UndecodableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients and serializers that are made for the Confluent Schema Registry, unmodified, against a broker in another process: what
 * they write ours reads, and they read what ours wrote. What each does besides is said in {@code clients/registry}.
 */
final class SchemaRegistryClientsTest {

    private static final Path PROGRAMS = Path.of("src", "test", "resources", "clients", "registry");
    private static final Path MODULES = Path.of("target", "registry-clients", "node_modules");
    private static final Path JARS = Path.of("target", "registry-java");
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String PACKAGES =
            "Debian's packages python3-confluent-kafka, python3-avro and python3-requests";

    private static final Schema READING = SchemaBuilder.record("Reading")
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
            .optionalString("note")
            .endRecord();
    private static final String GIVEN =
            "{\"place\": \"Z\u00fcrich\", \"count\": 9007199254740990, \"level\": 0.5, \"tags\": [\"a\", \"\"], \"note\": null";
    private static final List<String> READINGS = List.of(GIVEN + "}", GIVEN + ", \"unit\": \"mm\"}");
    private static final String PERSON = "{\"home\": {\"city\": \"Bern\"}}";

    @TempDir
    static Path directory;

    private static BrokerProcess broker;
    private static Coordination coordination;
    private static SchemaRegistry registry;
    private static String ours;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.dev(directory);
        coordination = ZooKeeperCoordination.connect(broker.zookeeper(), 10_000, 20_000, Clock.system());
        registry = new SchemaRegistry(coordination);
        GenericRecord given = new GenericRecordBuilder(READING)
                .set("place", "Z\u00fcrich")
                .set("count", 9_007_199_254_740_990L) // JavaScript's numbers have no more
                .set("level", 0.5)
                .set("tags", List.of("a", ""))
                .build();
        ours = HexFormat.of().formatHex(AvroSerializer.forValues(registry).serialize("ours", given));
    }

    @AfterAll
    static void stop() {
        coordination.close();
        broker.close();
    }

    private static List<String> run(Program program, String script) throws UndecodableException {
        return read(program.run(PROGRAMS.resolve(script).toString(), "http://" + broker.http(), ours));
    }

    /** What a program says that it wrote, as ours reads it. */
    private static List<String> read(String output) throws UndecodableException {
        List<String> lines = output.lines().toList();
        assertThat(lines).last().isEqualTo("done");
        List<String> read = new ArrayList<>();
        var reader = AvroDeserializer.asWritten(registry);
        for (String line : lines.subList(0, lines.size() - 1)) {
            GenericRecord each = reader.deserialize(HexFormat.of().parseHex(line));
            read.add(each.toString());
        }
        return read;
    }

    private static Program node(String module) {
        Program node = Program.onPath("node", "Debian's package nodejs");
        if (!Files.isDirectory(MODULES.resolve(module))) {
            throw Program.missing(MODULES.resolve(module).toString(), "CONTRIBUTING.md says how it is installed");
        }
        return node.with("NODE_PATH", MODULES.toAbsolutePath().toString());
    }

    @Test
    void kafkajs() throws UndecodableException {
        assertThat(run(node("@kafkajs/confluent-schema-registry"), "kafkajs.js"))
                .containsExactly(READINGS.get(0), READINGS.get(1), PERSON);
    }

    @Test
    void confluentsForNode() throws UndecodableException {
        assertThat(run(node("@confluentinc/schemaregistry"), "confluentinc.js"))
                .containsExactly(READINGS.get(0), READINGS.get(1), PERSON);
    }

    @Test
    void confluentsForPython() throws UndecodableException {
        Program python = Program.at(PYTHON, PACKAGES);
        Program.Ended imports = python.end("", "-c", "import confluent_kafka.schema_registry, avro, requests");
        if (imports.code() != 0) {
            throw Program.missing(imports.errors().strip(), PACKAGES);
        }
        assertThat(run(python, "registry_suite.py")).isEqualTo(READINGS);
    }

    @Test
    void confluentsForJavaAndFlinks() throws UndecodableException {
        Program java = Program.java(
                List.of("-Xmx256m"),
                JARS,
                PROGRAMS.resolve("ConfluentJava.java").toString());

        assertThat(read(java.run("http://" + broker.http(), ours))).isEqualTo(READINGS);
    }
}
