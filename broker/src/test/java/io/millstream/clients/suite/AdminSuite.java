package io.millstream.clients.suite;

import static io.millstream.clients.suite.Stock.failure;
import static io.millstream.clients.suite.Stock.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millstream.clients.ClientSuite;
import io.millstream.clients.Target;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.DynamicTest;

/** What an administrator asks for is done, and what cannot be done is refused with the error that Kafka users know. */
public final class AdminSuite implements ClientSuite {

    private Stock stock;
    private Target target;

    @Override
    public List<DynamicTest> tests(Target against) {
        target = against;
        stock = new Stock(against);
        return List.of(
                dynamicTest("admin: create, list, describe, delete", this::topics),
                dynamicTest("admin: configs of a topic and of a broker", this::configs),
                dynamicTest("admin: the cluster", this::cluster),
                dynamicTest("admin: only validated", this::onlyValidated),
                dynamicTest("admin: what is refused", this::refusals));
    }

    @Override
    public void close() {
        stock.close();
    }

    private void topics() {
        String topic = target.topic("administered");
        try (Admin admin = stock.admin()) {
            get(admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all());

            assertThat(get(admin.listTopics().names())).contains(topic);
            TopicDescription description = describe(admin, topic);
            assertThat(description.partitions()).hasSize(3).allSatisfy(partition -> {
                assertThat(partition.leader().id()).isEqualTo(1);
                assertThat(partition.replicas()).extracting(Node::id).containsExactly(1);
                assertThat(partition.isr()).extracting(Node::id).containsExactly(1);
            });
            assertThat(description.isInternal()).isFalse();

            get(admin.deleteTopics(List.of(topic)).all());
            await().until(() -> !get(admin.listTopics().names()).contains(topic));
            assertThat(failure(described(admin, topic))).isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private static TopicDescription describe(Admin admin, String topic) {
        return get(described(admin, topic)).get(topic);
    }

    @SuppressWarnings("unchecked") // the type is the same under both names
    private static Future<Map<String, TopicDescription>> described(Admin admin, String topic) {
        return (Future<Map<String, TopicDescription>>)
                Renamed.call(admin.describeTopics(List.of(topic)), "allTopicNames", "all");
    }

    private void configs() {
        String topic = stock.topic("configured", 1, "retention.ms", "12345678");
        ConfigResource ofTopic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ConfigResource ofBroker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource ofNothing = new ConfigResource(ConfigResource.Type.TOPIC, target.topic("not-there"));
        try (Admin admin = stock.admin()) {
            Map<ConfigResource, Config> configs =
                    get(admin.describeConfigs(List.of(ofTopic, ofBroker)).all());

            ConfigEntry retention = configs.get(ofTopic).get("retention.ms");
            assertThat(retention.value()).isEqualTo("12345678");
            assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            assertThat(configs.get(ofTopic).get("cleanup.policy").value()).isEqualTo("delete");
            assertThat(configs.get(ofTopic).get("cleanup.policy").isDefault()).isTrue();
            assertThat(configs.get(ofBroker).get("broker.id").value()).isEqualTo("1");
            assertThat(failure(admin.describeConfigs(List.of(ofNothing)).all()))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private void cluster() {
        try (Admin admin = stock.admin()) {
            DescribeClusterResult cluster = admin.describeCluster();

            assertThat(get(cluster.nodes())).singleElement().satisfies(node -> {
                assertThat(node.id()).isEqualTo(1);
                assertThat(node.host() + ":" + node.port()).isEqualTo(target.bootstrap());
            });
            assertThat(get(cluster.controller()).id()).isEqualTo(1);
            assertThat(get(cluster.clusterId())).isNotEmpty();
        }
    }

    private void onlyValidated() {
        NewTopic topic = new NewTopic(target.topic("only-validated"), 1, (short) 1);
        try (Admin admin = stock.admin()) {
            get(admin.createTopics(
                            List.of(topic), new org.apache.kafka.clients.admin.CreateTopicsOptions().validateOnly(true))
                    .all());

            assertThat(get(admin.listTopics().names())).doesNotContain(topic.name());
        }
    }

    private void refusals() {
        String there = stock.topic("there", 1);
        try (Admin admin = stock.admin()) {
            assertThat(refusal(admin, new NewTopic(there, 1, (short) 1))).isInstanceOf(TopicExistsException.class);
            assertThat(refusal(admin, new NewTopic("no/topic", 1, (short) 1)))
                    .isInstanceOf(InvalidTopicException.class);
            assertThat(refusal(admin, topic("replicated", 1, 3))).isInstanceOf(InvalidReplicationFactorException.class);
            assertThat(refusal(admin, topic("without-partitions", 0, 1)))
                    .isInstanceOf(InvalidPartitionsException.class);
            assertThat(refusal(admin, topic("misconfigured", 1, 1).configs(Map.of("retention.ms", "a week"))))
                    .isInstanceOf(InvalidConfigurationException.class);
            assertThat(failure(admin.deleteTopics(List.of(target.topic("never-there")))
                            .all()))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private NewTopic topic(String name, int partitions, int replicas) {
        return new NewTopic(target.topic(name), partitions, (short) replicas);
    }

    private static Throwable refusal(Admin admin, NewTopic topic) {
        return failure(admin.createTopics(List.of(topic)).all());
    }
}
