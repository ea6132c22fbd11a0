package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's python3-kafka, unmodified, against a broker in another process; {@code python_kafka.py} is what it does. */
final class PythonKafkaTest {

    private static final String PACKAGES =
            "Debian's packages python3-kafka, python3-lz4, python3-snappy and python3-zstandard";
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path SCRIPT = Path.of("src", "test", "resources", "clients", "python_kafka.py");

    @TempDir
    Path directory;

    @Test
    void producesConsumesAndAdministers() {
        Program python = Program.at(PYTHON, PACKAGES);
        Program.Ended imports = python.end("", "-c", "import kafka, lz4, snappy, zstandard");
        if (imports.code() != 0) {
            throw Program.missing(imports.errors().strip(), PACKAGES);
        }
        try (BrokerProcess broker = BrokerProcess.dev(directory)) {
            assertThat(python.run(SCRIPT.toString(), broker.bootstrap())).endsWith("done\n");
        }
    }
}
