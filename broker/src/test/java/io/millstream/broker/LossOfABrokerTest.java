package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker says of records that it may have lost, and for how long. */
final class LossOfABrokerTest {

    @TempDir
    static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Starts and stops a broker; how it was registered once it had said what it had to say. */
    private static Versioned<BrokerRegistration> life(Map<String, String> settings) {
        try (Broker broker = TestCluster.start(settings);
                Coordination coordination = ZooKeeperCoordination.connect(
                        settings.get("zookeeper.connect"), 6_000, 15_000, Clock.system())) {
            String path = Paths.broker(broker.id());
            return await().until(
                            () -> {
                                Versioned<byte[]> raw = Coordination.await(coordination.read(path))
                                        .orElseThrow();
                                return raw.with(Document.read(raw.value(), BrokerRegistration.class, path));
                            },
                            registration -> !registration.value().unclean());
        }
    }

    @Test
    void whatALossMadeVoidStaysSoAfterCleanStarts() throws IOException {
        Map<String, String> settings = cluster.newCluster();
        Path data = Path.of(settings.get("log.dirs"));

        Versioned<BrokerRegistration> first = life(settings);
        Versioned<BrokerRegistration> clean = life(settings);
        Files.delete(data.resolve("running"));
        Files.delete(data.resolve("clean-shutdown")); // as if nothing had ever been here
        Versioned<BrokerRegistration> lossy = life(settings);
        Versioned<BrokerRegistration> after = life(settings);

        // new directories have nothing of what the broker may have had elsewhere
        assertThat(first.value().voidBefore(first.createdZxid())).isEqualTo(first.createdZxid());
        assertThat(clean.value().voidBefore()).isEqualTo(first.createdZxid());
        assertThat(lossy.value().voidBefore()).isEqualTo(lossy.createdZxid()).isGreaterThan(clean.createdZxid());
        assertThat(after.value().voidBefore()).isEqualTo(lossy.createdZxid());
    }
}
