package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka's Java client in all versions that {@code broker/pom.xml} names, unmodified, each against a broker in a process of its
 * own. Most of them wait most of the time: the versions run side by side, the tests of each one after another.
 */
final class KafkaClientVersionsTest {

    private static final List<String> SUITES =
            List.of("ProducerSuite", "ConsumerSuite", "AdminSuite", "GroupSuite", "CommitSuite", "GroupAdminSuite");

    @TempDir
    static Path directory;

    private static final List<BrokerProcess> brokers = new ArrayList<>();
    private static List<ClientVersion> versions;
    private static ExecutorService threads;

    @BeforeAll
    static void start() throws Exception {
        versions = ClientVersion.all();
        threads = Executors.newFixedThreadPool(versions.size());
        List<Callable<BrokerProcess>> starts = new ArrayList<>();
        for (ClientVersion version : versions) {
            starts.add(() -> BrokerProcess.dev(
                    directory.resolve(version.name()), "--set", "group.initial.rebalance.delay.ms=0"));
        }
        for (var started : threads.invokeAll(starts)) {
            brokers.add(started.get());
        }
    }

    @AfterAll
    static void stop() throws IOException {
        threads.shutdownNow();
        for (ClientVersion version : versions) {
            version.close();
        }
        brokers.forEach(BrokerProcess::close);
    }

    @TestFactory
    Stream<DynamicContainer> everyVersionDoesWhatUsersDo() throws ReflectiveOperationException {
        List<DynamicContainer> containers = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            ClientVersion version = versions.get(i);
            List<DynamicTest> tests = new ArrayList<>();
            tests.add(DynamicTest.dynamicTest("is " + version.name(), () -> assertThat(version.loadedVersion())
                    .isEqualTo(version.name())));
            for (String suite : SUITES) {
                version.tests("io.millstream.clients.suite." + suite, brokers.get(i))
                        .forEach(tests::add);
            }
            containers.add(DynamicContainer.dynamicContainer("kafka-clients " + version.name(), begun(tests, threads)));
        }
        return containers.stream();
    }

    /** Runs the tests one after another on another thread, from now on. What is returned waits for each. */
    private static List<DynamicTest> begun(List<DynamicTest> tests, Executor other) {
        List<CompletableFuture<Void>> ends =
                tests.stream().map(test -> new CompletableFuture<Void>()).toList();
        other.execute(() -> {
            for (int i = 0; i < tests.size(); i++) {
                run(tests.get(i), ends.get(i));
            }
        });
        List<DynamicTest> begun = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            CompletableFuture<Void> end = ends.get(i);
            begun.add(DynamicTest.dynamicTest(tests.get(i).getDisplayName(), () -> await(end)));
        }
        return begun;
    }

    private static void run(DynamicTest test, CompletableFuture<Void> end) {
        try {
            test.getExecutable().execute();
            end.complete(null);
        } catch (Throwable failure) { // as whoever waits will throw it
            end.completeExceptionally(failure);
        }
    }

    private static void await(CompletableFuture<Void> end) throws Throwable {
        try {
            end.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @TestFactory
    Stream<DynamicTest> theVersionsThatThePagePromisesAreThere() {
        List<String> names = versions.stream().map(ClientVersion::name).toList();
        return Stream.of("2.4.1", "2.8.2", "3.9", "4.")
                .map(wanted -> DynamicTest.dynamicTest(
                        wanted, () -> assertThat(names).anyMatch(name -> name.startsWith(wanted))));
    }
}
