package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.server.LogLines;
import io.millstream.broker.server.RawClient;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Metadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that clients reach in several ways. */
final class ListenersOfABrokerTest {

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

    /** For the listener that the proxy leads to, whose port both must know beforehand. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Broker twoListeners(Map<String, String> settings, int external, String advertised) {
        return TestCluster.start(
                settings,
                "listeners",
                "INTERNAL://127.0.0.1:0,EXTERNAL://127.0.0.1:" + external,
                "advertised.listeners",
                "INTERNAL://127.0.0.1:0,EXTERNAL://" + advertised,
                "listener.security.protocol.map",
                "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT",
                "inter.broker.listener.name",
                "INTERNAL");
    }

    private static List<String> brokers(String bootstrap) {
        try (Admin admin = KafkaClients.admin(bootstrap)) {
            Collection<Node> nodes = KafkaClients.get(admin.describeCluster().nodes());
            return nodes.stream().map(node -> node.host() + ":" + node.port()).toList();
        }
    }

    @Test
    void aClientBehindAPortMappingProxyIsToldTheProxysAddressAndNoOther() throws IOException {
        int external = freePort();
        try (Cuttable proxy = new Cuttable(external);
                Broker broker = twoListeners(cluster.newCluster(), external, proxy.address())) {
            String inside = broker.endpoint().toString();
            assertThat(broker.endpoint("EXTERNAL")).hasToString(proxy.address());

            // when
            try (Admin admin = KafkaClients.admin(proxy.address())) {
                KafkaClients.get(admin.createTopics(List.of(new NewTopic("mapped", 2, (short) 1)))
                        .all());
                TopicDescription described = KafkaClients.get(
                                admin.describeTopics(List.of("mapped")).allTopicNames())
                        .get("mapped");

                // then
                assertThat(described.partitions())
                        .allSatisfy(partition -> assertThat(partition.leader().host() + ":"
                                        + partition.leader().port())
                                .isEqualTo(proxy.address()));
            }
            KafkaClients.produce(proxy.address(), "mapped", "a", "b");
            assertThat(KafkaClients.consume(proxy.address(), "mapped", 2)).containsExactly("a", "b");
            assertThat(brokers(proxy.address())).containsExactly(proxy.address());
            assertThat(brokers(inside)).containsExactly(inside);
            assertThat(KafkaClients.consume(inside, "mapped", 2)).containsExactly("a", "b");
        }
    }

    @Test
    void everyEndpointIsRegisteredAndTheBrokersOwnIsInFront() throws IOException {
        Map<String, String> settings = cluster.newCluster();
        try (Broker broker = twoListeners(settings, 0, "broker1.example:19093");
                Coordination coordination = ZooKeeperCoordination.connect(
                        settings.get("zookeeper.connect"), 10_000, 10_000, Clock.system())) {
            Versioned<byte[]> raw =
                    Coordination.await(coordination.read(Paths.broker(1))).orElseThrow();

            BrokerRegistration registration = Document.read(raw.value(), BrokerRegistration.class, Paths.broker(1));

            assertThat(registration.endpoint()).isEqualTo(broker.endpoint("INTERNAL"));
            assertThat(registration.endpoints())
                    .isEqualTo(Map.of(
                            "INTERNAL", broker.endpoint(), "EXTERNAL", new BrokerEndpoint("broker1.example", 19_093)));
        }
    }

    @Test
    void aListenerThatIsNotAdvertisedServesButNamesNoBroker() throws IOException {
        int hidden = freePort();
        try (Broker broker = TestCluster.start(
                cluster.newCluster(),
                "listeners",
                "PLAINTEXT://127.0.0.1:0,HIDDEN://127.0.0.1:" + hidden,
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:0",
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,HIDDEN:PLAINTEXT")) {
            KafkaClients.produce(broker.endpoint().toString(), "t", "a");

            try (RawClient client = RawClient.connect(hidden)) {
                var request = Metadata.Request.of(List.of("t"));

                assertLeaderless(client.ask(request, Metadata.Response.class), ErrorCode.LISTENER_NOT_FOUND);
                assertLeaderless(
                        client.ask(request, (short) 5, Metadata.Response.class), ErrorCode.LEADER_NOT_AVAILABLE);
            }
        }
    }

    private static void assertLeaderless(Metadata.Response response, ErrorCode error) {
        assertThat(response.brokers()).isEmpty();
        Metadata.Partition partition = response.topics().get(0).partitions().get(0);
        assertThat(partition.leader()).isEqualTo(Metadata.NO_BROKER);
        assertThat(partition.error()).isEqualTo(error);
    }

    @Test
    void whoListensOnEveryInterfaceAndAdvertisesLoopbackIsWarned() {
        try (LogLines log = new LogLines(Broker.class)) {
            TestCluster.start(
                            cluster.newCluster(),
                            "listeners",
                            "PLAINTEXT://0.0.0.0:0",
                            "advertised.listeners",
                            "PLAINTEXT://localhost:0")
                    .close();
            assertThat(log.with("where those on other machines cannot connect")).hasSize(1);
        }
        try (LogLines log = new LogLines(Broker.class)) {
            TestCluster.start(cluster.newCluster()).close();
            assertThat(log.with("cannot connect")).isEmpty();
        }
    }
}
