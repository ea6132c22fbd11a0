package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.replica.Partitions;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeConfigs;
import io.millstream.wire.message.Metadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a broker answers before it knows the cluster. */
final class JustStartedTest {

    private static final DescribeConfigs.Request SETTINGS = new DescribeConfigs.Request(
            List.of(new DescribeConfigs.Resource(DescribeConfigs.TOPIC, "clicks", null)), false, false);

    private static final TopicName CLICKS = new TopicName("clicks");

    private final ClusterView view = new ClusterView();
    private final ServedCluster served = new ServedCluster(
            1,
            "cluster",
            new LiveConfig(BrokerConfig.of(
                    Map.of("broker.id", "1", "zookeeper.connect", "nowhere:1", "log.dirs", "/nowhere"))),
            view,
            null, // nothing is asked of the controller
            Entropy.system());
    private final QueuedContext context = new QueuedContext(ApiKey.METADATA);

    private static ClusterState known() {
        BrokerRegistration registration = new BrokerRegistration(
                "h",
                9092,
                new TreeMap<>(Map.of("PLAINTEXT", new BrokerEndpoint("h", 9092))),
                -1,
                null,
                "b",
                new UUID(0, 1));
        TopicAssignment assignment = new TopicAssignment(new UUID(1, 1), new TreeMap<>());
        ClusterState.Topic topic = new ClusterState.Topic(new Versioned<>(assignment, 0, 1, 0, 0), new TreeMap<>());
        return new ClusterState(
                Optional.empty(),
                new TreeMap<>(Map.of(1, new Versioned<>(registration, 0, 1, 0, 1))),
                new TreeMap<>(Map.of(CLICKS, topic)),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                ClusterState.Overrides.NONE);
    }

    private CompletableFuture<Metadata.Response> metadata() {
        return metadata(null, names -> CompletableFuture.failedFuture(new AssertionError("asked for " + names)));
    }

    @SuppressWarnings("unchecked")
    private CompletableFuture<Metadata.Response> metadata(
            List<String> topics, Function<Collection<TopicName>, CompletableFuture<Set<TopicName>>> zooKeeper) {
        return (CompletableFuture<Metadata.Response>)
                new MetadataHandler(served, new Partitions(), topic -> null, new UnseenTopics(zooKeeper))
                        .handle(context, Metadata.Request.of(topics))
                        .toCompletableFuture();
    }

    @SuppressWarnings("unchecked")
    private CompletableFuture<DescribeConfigs.Response> settings() {
        return (CompletableFuture<DescribeConfigs.Response>)
                new DescribeConfigsHandler(served).handle(context, SETTINGS).toCompletableFuture();
    }

    @Test
    void whatIsAskedThenIsAnsweredOnceTheClusterIsKnown() {
        CompletableFuture<Metadata.Response> metadata = metadata();
        CompletableFuture<DescribeConfigs.Response> settings = settings();
        assertThat(metadata).isNotDone();
        assertThat(settings).isNotDone();

        view.publish(known());
        context.run();

        assertThat(metadata.join().brokers()).hasSize(1);
        assertThat(metadata.join().topics()).extracting(Metadata.Topic::name).containsExactly("clicks");
        assertThat(settings.join().resources().get(0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(metadata()).as("no wait then").isDone();
    }

    @Test
    void whoWaitedInVainIsToldOfNoBrokerAndThusBelievesNothing() {
        CompletableFuture<Metadata.Response> metadata = metadata();

        context.expire();

        assertThat(metadata.join().brokers()).isEmpty();
    }

    private void serveABrokerWithoutTopics() {
        ClusterState all = known();
        view.publish(new ClusterState(
                all.controller(),
                all.brokers(),
                new TreeMap<>(),
                all.unfinished(),
                all.configs(),
                all.deletions(),
                all.overrides()));
    }

    @Test
    void aTopicThatThisBrokerHasNotSeenYetIsWaitedFor() {
        serveABrokerWithoutTopics();
        CompletableFuture<Set<TopicName>> zooKeeper = new CompletableFuture<>();
        CompletableFuture<Metadata.Response> metadata = metadata(List.of("clicks"), names -> zooKeeper);

        zooKeeper.complete(Set.of(CLICKS));
        context.run();
        assertThat(metadata).as("it is there, but not served here").isNotDone();
        view.publish(known());
        context.run();

        assertThat(metadata.join().topics()).extracting(Metadata.Topic::error).containsExactly(ErrorCode.NONE);
    }

    @Test
    void aTopicThatStaysUnseenHasNoLeaderYet() {
        serveABrokerWithoutTopics();
        CompletableFuture<Metadata.Response> metadata =
                metadata(List.of("clicks"), names -> CompletableFuture.completedFuture(Set.of(CLICKS)));

        context.expire();

        assertThat(metadata.join().topics())
                .extracting(Metadata.Topic::error)
                .containsExactly(ErrorCode.LEADER_NOT_AVAILABLE);
    }

    @Test
    void aTopicThatIsNotThereIsUnknownAlsoWhereZooKeeperCannotTell() {
        serveABrokerWithoutTopics();
        CompletableFuture<Metadata.Response> none =
                metadata(List.of("clicks"), names -> CompletableFuture.completedFuture(Set.of()));
        CompletableFuture<Metadata.Response> away =
                metadata(List.of("clicks"), names -> CompletableFuture.failedFuture(new IllegalStateException("away")));
        CompletableFuture<Metadata.Response> silent = metadata(List.of("clicks"), names -> new CompletableFuture<>());
        context.run();
        assertThat(silent).isNotDone();
        context.expire();

        for (CompletableFuture<Metadata.Response> answer : List.of(none, away, silent)) {
            assertThat(answer.join().topics())
                    .extracting(Metadata.Topic::error)
                    .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @Test
    void whoAsksWhileZooKeeperIsAskedSharesTheNextReading() {
        List<CompletableFuture<Set<TopicName>>> readings = new ArrayList<>();
        List<Set<TopicName>> asked = new ArrayList<>();
        UnseenTopics unseen = new UnseenTopics(names -> {
            asked.add(Set.copyOf(names));
            readings.add(new CompletableFuture<>());
            return readings.get(readings.size() - 1);
        });
        TopicName orders = new TopicName("orders");
        TopicName views = new TopicName("views");
        CompletableFuture<Set<TopicName>> first = unseen.existing(List.of(CLICKS));
        CompletableFuture<Set<TopicName>> second = unseen.existing(List.of(orders));
        CompletableFuture<Set<TopicName>> third = unseen.existing(List.of(CLICKS, views));

        readings.get(0).completeExceptionally(new IllegalStateException("away"));
        assertThat(asked).containsExactly(Set.of(CLICKS), Set.of(CLICKS, orders, views));
        readings.get(1).complete(Set.of(CLICKS, orders));

        assertThat(first).isCompletedExceptionally();
        assertThat(second.join()).containsExactly(orders);
        assertThat(third.join()).containsExactly(CLICKS);
    }
}
