package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's Java client in all versions that {@code broker/pom.xml} names, unmodified, against a broker in another process. */
final class KafkaClientVersionsTest {

    private static final List<String> SUITES =
            List.of("ProducerSuite", "ConsumerSuite", "AdminSuite", "GroupSuite", "CommitSuite", "GroupAdminSuite");

    @TempDir
    static Path directory;

    private static BrokerProcess broker;
    private static List<ClientVersion> versions;

    @BeforeAll
    static void start() throws IOException {
        versions = ClientVersion.all();
        broker = BrokerProcess.dev(directory, "--set", "group.initial.rebalance.delay.ms=0");
    }

    @AfterAll
    static void stop() throws IOException {
        for (ClientVersion version : versions) {
            version.close();
        }
        broker.close();
    }

    @TestFactory
    Stream<DynamicContainer> everyVersionDoesWhatUsersDo() throws ReflectiveOperationException {
        List<DynamicContainer> containers = new ArrayList<>();
        for (ClientVersion version : versions) {
            List<DynamicTest> tests = new ArrayList<>();
            tests.add(DynamicTest.dynamicTest("is " + version.name(), () -> assertThat(version.loadedVersion())
                    .isEqualTo(version.name())));
            for (String suite : SUITES) {
                version.tests("io.millstream.clients.suite." + suite, broker).forEach(tests::add);
            }
            containers.add(DynamicContainer.dynamicContainer("kafka-clients " + version.name(), tests));
        }
        return containers.stream();
    }

    @TestFactory
    Stream<DynamicTest> theVersionsThatThePagePromisesAreThere() {
        List<String> names = versions.stream().map(ClientVersion::name).toList();
        return Stream.of("2.4.1", "2.8.2", "3.9", "4.")
                .map(wanted -> DynamicTest.dynamicTest(
                        wanted, () -> assertThat(names).anyMatch(name -> name.startsWith(wanted))));
    }
}
