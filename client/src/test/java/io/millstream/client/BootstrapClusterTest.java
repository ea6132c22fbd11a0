package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Metadata;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BootstrapClusterTest {

    private static final TopicName CLICKS = new TopicName("clicks");

    private final FakeCluster brokers = new FakeCluster(3).topic("clicks", 4).topic("views", 1);
    private final Cluster cluster = brokers.connect();

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    @Test
    void topicsPartitionsLeadersAndHostsAreLearned() {
        assertThat(cluster.topics()).containsExactly(CLICKS, new TopicName("views"));
        assertThat(cluster.partitions(CLICKS)).containsExactly(0, 1, 2, 3);

        ClusterView.Leader leader =
                cluster.leader(new TopicPartition(CLICKS, 2)).orElseThrow();

        assertThat(leader.broker().id()).isEqualTo(2);
        assertThat(leader.broker().endpoint()).isEqualTo(brokers.broker(2).endpoint());
        assertThat(leader.broker().rack()).contains("rack-2");
        assertThat(leader.epoch()).isEqualTo(1);
        assertThat(cluster.replicaHosts(new TopicPartition(CLICKS, 0))).containsExactly("127.0.0.1");
        assertThat(cluster.topicId(CLICKS)).contains(brokers.topicId("clicks"));
    }

    @Test
    void aTopicIsAskedForAloneAndOnlyOnce() {
        cluster.partitions(CLICKS);
        cluster.partitions(CLICKS);

        assertThat(brokers.broker(0).calls(ApiKey.METADATA))
                .extracting(call -> call.as(Metadata.Request.class))
                .containsExactly(Metadata.Request.of(List.of("clicks")));
    }

    @Test
    void aTopicThatDoesNotExistIsSaidNotTo() {
        TopicName nowhere = new TopicName("nowhere");

        assertThat(cluster.topic(nowhere)).isEmpty();
        assertThatThrownBy(() -> cluster.partitions(nowhere))
                .isExactlyInstanceOf(ClientException.class)
                .hasMessage("Topic nowhere does not exist");
    }

    @Test
    void aNewLeaderIsSeenAfterLearningAnew() {
        TopicPartition first = new TopicPartition(CLICKS, 0);
        assertThat(cluster.leader(first).orElseThrow().broker().id()).isZero();
        brokers.lead(first, 1);

        cluster.learn(Set.of(CLICKS)).join();

        assertThat(cluster.leader(first).orElseThrow().broker().id()).isEqualTo(1);
        assertThat(cluster.leader(first).orElseThrow().epoch()).isEqualTo(2);
    }

    @Test
    void manyWhoLearnAtOnceShareTheRequests() {
        List<CompletableFuture<?>> learned = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            learned.add(cluster.learn(Set.of(CLICKS)));
        }

        CompletableFuture.allOf(learned.toArray(new CompletableFuture<?>[0])).join();

        assertThat(brokers.broker(0).calls(ApiKey.METADATA).size()
                        + brokers.broker(1).calls(ApiKey.METADATA).size()
                        + brokers.broker(2).calls(ApiKey.METADATA).size())
                .isLessThan(500);
    }

    @Test
    void theOtherBrokersAreAskedWhenOneIsGone() throws IOException {
        BrokerEndpoint nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = new BrokerEndpoint("localhost", free.getLocalPort());
        }
        List<BrokerEndpoint> servers = List.of(nobody, brokers.broker(0).endpoint());
        try (Cluster careful = Cluster.bootstrap(servers, FakeCluster.SETTINGS)) {
            assertThat(careful.topics()).hasSize(2);
            brokers.broker(0).close();
            brokers.broker(1).close();

            assertThat(careful.topics()).hasSize(2);
        }
    }

    @Test
    void aBrokerThatHasJustStartedIsNotBelievedThatThereIsNothing() {
        cluster.learnAll().join();
        for (int id = 0; id < 2; id++) {
            brokers.broker(id)
                    .on(
                            ApiKey.METADATA,
                            call -> new Answer(new Metadata.Response(0, List.of(), null, -1, List.of(), 0)));
        }

        for (int i = 0; i < 5; i++) { // brokers are asked in random order
            assertThat(cluster.topics()).hasSize(2);
        }
    }

    @Test
    void aClusterThatNobodyOfAnswersIsATimeOutThatSaysWhy() {
        for (int id = 0; id < 3; id++) {
            brokers.broker(id).on(ApiKey.METADATA, call -> new HangUp());
        }
        try (Cluster impatient = brokers.connect(FakeCluster.SETTINGS.withTimeout(Duration.ofMillis(200)))) {
            assertThatThrownBy(impatient::topics)
                    .isInstanceOf(TimedOutException.class)
                    .hasMessageContaining("No list of topics within 200 ms")
                    .hasMessageContaining(brokers.broker(0).endpoint().toString());
        }
    }

    @Test
    void metadataThatNamesAnImpossibleBrokerIsAnErrorAndNotACrash() {
        for (FakeBroker each : List.of(brokers.broker(0), brokers.broker(1), brokers.broker(2))) {
            each.on(
                    ApiKey.METADATA,
                    call -> new Answer(new Metadata.Response(
                            0, List.of(new Metadata.Broker(0, "", 70_000, null)), null, 0, List.of(), 0)));
        }

        assertThatThrownBy(cluster::topics)
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("Broker 0 is said to listen where nothing can");
    }

    @Test
    void troubleWithOneTopicIsNoTroubleForAnother() {
        // given
        TopicName views = new TopicName("views");
        CountDownLatch asked = new CountDownLatch(1);
        for (int id = 0; id < 3; id++) {
            int broker = id;
            brokers.broker(id).on(ApiKey.METADATA, call -> {
                awaitQuietly(asked);
                Answer regular = (Answer) brokers.regular(broker, call);
                return new Answer(withError((Metadata.Response) regular.body(), "views"));
            });
        }

        // when: both wait for the second load, which asks for both
        CompletableFuture<ClusterView> first = cluster.learn(Set.of());
        CompletableFuture<ClusterView> forClicks = cluster.learn(Set.of(CLICKS));
        CompletableFuture<ClusterView> forViews = cluster.learn(Set.of(views));
        CompletableFuture<ClusterView> forAll = cluster.learnAll();
        asked.countDown();

        // then
        assertThat(first.join().brokers()).hasSize(3);
        assertThat(forClicks.join().topics()).containsOnlyKeys(CLICKS);
        assertThatThrownBy(forViews::join).hasMessageContaining("Topic views: ");
        assertThatThrownBy(forAll::join).as("a list without it would be a lie").hasMessageContaining("Topic views: ");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Metadata.Response withError(Metadata.Response response, String topic) {
        List<Metadata.Topic> topics = response.topics().stream()
                .map(each ->
                        each.name().equals(topic) ? Metadata.Topic.failed(ErrorCode.LEADER_NOT_AVAILABLE, topic) : each)
                .toList();
        return new Metadata.Response(0, response.brokers(), response.clusterId(), response.controller(), topics, 0);
    }

    @Test
    void aClosedClusterAnswersWithAnError() {
        cluster.close();

        assertThatThrownBy(cluster::topics).isInstanceOf(RuntimeException.class);
    }
}
