package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.group.Registered;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Among which brokers groups are shared out. */
final class CoordinatingTest {

    @Test
    void aRegistrationThatCannotBeReadKeepsNobodyFromTheirShards(@TempDir Path directory) throws IOException {
        BrokerRegistration living =
                new BrokerRegistration("localhost", 1, new TreeMap<>(), -1, null, "boot", new UUID(0, 1));
        try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory, 0);
                Coordination coordination = ZooKeeperCoordination.connect(
                        zooKeeper.connectString() + "/cluster", 60_000, 20_000, Clock.system())) {
            Coordination.await(coordination.ensurePath(Paths.BROKER_IDS));
            create(coordination, "1", Document.write(living));
            create(coordination, "2", "{\"version\":2}".getBytes(StandardCharsets.UTF_8));
            create(coordination, "three", Document.write(living));

            Registered registered = Coordination.await(Coordinating.registered(coordination));

            assertThat(registered.all()).containsExactlyInAnyOrder(1, 2);
            assertThat(registered.staying()).containsExactly(1);
        }
    }

    private static void create(Coordination coordination, String name, byte[] document) {
        Coordination.await(coordination.commit(new Write.Create(Paths.BROKER_IDS + "/" + name, document)));
    }
}
