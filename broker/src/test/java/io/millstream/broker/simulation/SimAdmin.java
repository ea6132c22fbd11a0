package io.millstream.broker.simulation;

import io.millstream.core.TopicName;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.CreateTopics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Somebody who makes topics, and tries one broker after another until it is done. */
final class SimAdmin {

    private static final int RETRY_MILLIS = 300;
    private static final int TIMEOUT_MILLIS = 2_000;

    private final SimCluster cluster;
    private final SimProcess process;
    private final SimLoop loop;
    private final Connections connections;
    private int next;

    SimAdmin(SimCluster cluster) {
        this.cluster = cluster;
        process = new SimProcess(cluster.scheduler(), "admin");
        loop = process.loop("application");
        connections = cluster.net()
                .connections(
                        "admin",
                        process,
                        ConnectionSettings.defaults("admin")
                                .withConnectTimeout(Duration.ofSeconds(1))
                                .withRequestTimeout(Duration.ofSeconds(4)));
    }

    void create(TopicName topic, int partitions, int replicas) {
        loop.execute(() -> attempt(new CreateTopics.Request(
                List.of(new CreateTopics.Topic(topic.value(), partitions, (short) replicas, List.of(), List.of())),
                TIMEOUT_MILLIS,
                false)));
    }

    private void attempt(CreateTopics.Request request) {
        SimBroker broker = cluster.brokers().get(next++ % cluster.brokers().size());
        CompletableFuture<?> unused = connections
                .open(broker.endpoint())
                .thenCompose(connection -> connection.send(request, CreateTopics.Response.class))
                .whenComplete((response, failure) -> loop.execute(() -> {
                    ErrorCode error = failure == null ? response.topics().get(0).error() : ErrorCode.NETWORK_EXCEPTION;
                    if (error != ErrorCode.NONE && error != ErrorCode.TOPIC_ALREADY_EXISTS) {
                        cluster.note(broker + " did not make the topic: "
                                + (failure == null ? response.topics() : failure.getMessage()));
                        loop.schedule(() -> attempt(request), RETRY_MILLIS, TimeUnit.MILLISECONDS);
                    }
                }));
    }
}
