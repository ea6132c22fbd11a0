package io.millstream.broker.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millstream.client.ClientException;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.Environment;
import io.millstream.client.Outgoing;
import io.millstream.client.Producer;
import io.millstream.client.ProducerSettings;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.ConnectionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends numbered values to one partition with the project's own idempotent producer, again and again. */
final class SimWriter {

    private static final int RETRY_MILLIS = 500;
    private static final int MOST_UNDER_WAY = 20;

    /** What is written to, with how many ms between two values on average. */
    record Target(TopicPartition partition, int pauseMillis) {}

    private final int number;
    private final SimCluster cluster;
    private final Target target;
    private final SimProcess process;
    private final SimLoop loop;
    private Cluster view;
    private Producer producer;
    private long sent;
    private int underWay;
    private boolean over;
    private long lastAcknowledgedMillis;

    SimWriter(int number, SimCluster cluster, Target target) {
        this.number = number;
        this.cluster = cluster;
        this.target = target;
        process = new SimProcess(cluster.scheduler(), "writer-" + number);
        loop = process.loop("application");
    }

    void start() {
        renew();
        loop.execute(this::tick);
    }

    /** Sends no more. */
    void stop() {
        over = true;
    }

    /** Sends waiting for their outcome. */
    int underWay() {
        return underWay;
    }

    long lastAcknowledgedMillis() {
        return lastAcknowledgedMillis;
    }

    private void renew() {
        ConnectionSettings connection = ConnectionSettings.defaults(process.toString())
                .withConnectTimeout(Duration.ofSeconds(2))
                .withRequestTimeout(Duration.ofSeconds(4));
        ClientSettings settings = ClientSettings.defaults(process.toString()).withConnection(connection);
        Environment environment = new Environment(
                cluster.clock(),
                new SimEntropy(cluster.scheduler().random()),
                process.loop("client"),
                cluster.net().connections(process.toString(), process, connection));
        List<BrokerEndpoint> servers =
                cluster.brokers().stream().map(SimBroker::endpoint).toList();
        view = Cluster.bootstrap(servers, settings, environment);
        producer = new Producer(
                view,
                ProducerSettings.defaults()
                        .withBatches(1_000, Duration.ofMillis(5))
                        .withDeliveryTimeout(Duration.ofSeconds(40)));
    }

    private void tick() {
        if (over) {
            return;
        }
        TopicName topic = target.partition.topic();
        // Known already, so that handing a record over does not wait.
        if (view.view().topics().containsKey(topic)
                && view.view().topics().get(topic).partitions().containsKey(target.partition.partition())) {
            if (underWay < MOST_UNDER_WAY) {
                send();
            }
            later(1 + cluster.scheduler().random().nextInt(2 * target.pauseMillis));
        } else {
            CompletableFuture<?> unused =
                    view.learn(Set.of(topic)).whenComplete((learned, failure) -> later(RETRY_MILLIS));
        }
    }

    private void later(int millis) {
        loop.schedule(this::tick, millis, TimeUnit.MILLISECONDS);
    }

    private void send() {
        String value = "writer-" + number + " value-" + sent++;
        try {
            underWay++;
            CompletableFuture<?> unused = producer.send(
                            Outgoing.of(target.partition.topic(), null, value.getBytes(UTF_8))
                                    .to(target.partition.partition()))
                    .whenComplete((done, failure) -> loop.execute(() -> {
                        underWay--;
                        if (failure == null) {
                            lastAcknowledgedMillis = cluster.scheduler().millis();
                            cluster.history().acknowledged(target.partition, done.offset(), value);
                        }
                    }));
        } catch (ClientException e) {
            underWay--;
            throw new AssertionError(process + " has to give its producer up: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return process + " to " + target.partition;
    }
}
