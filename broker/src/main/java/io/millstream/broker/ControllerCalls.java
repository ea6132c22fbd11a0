package io.millstream.broker;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.Controller;
import io.millstream.broker.controller.NewTopic;
import io.millstream.broker.server.handler.ServedCluster;
import io.millstream.broker.server.handler.TopicCreation;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Versioned;
import io.millstream.core.BrokerEndpoint;
import io.millstream.net.Connection;
import io.millstream.net.Connections;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.CreateTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has topics created by the controller: by this broker if it is that, else by a request to the one that is. One connection
 * serves all requests. Safe for use by several threads.
 */
final class ControllerCalls implements TopicCreation {

    private static final Logger log = LoggerFactory.getLogger(ControllerCalls.class);
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Controller own;
    private final Supplier<ClusterState> cluster;
    private final Connections connections;

    private BrokerEndpoint endpoint; // guarded by this
    private CompletableFuture<Connection> connection;

    /** @param own this broker's controller, active or not */
    ControllerCalls(Controller own, Supplier<ClusterState> cluster, Connections connections) {
        this.own = own;
        this.cluster = cluster;
        this.connections = connections;
    }

    @Override
    public CompletableFuture<ErrorCode> create(NewTopic topic) {
        if (own.isActive()) {
            return own.create(topic)
                    .thenApply(
                            outcome -> outcome.isRefused() ? ServedCluster.errorOf(outcome.refusal()) : ErrorCode.NONE);
        }
        ClusterState now = cluster.get();
        Optional<BrokerEndpoint> controller = Optional.ofNullable(now.brokers().get(now.controllerId()))
                .map(Versioned::value)
                .map(BrokerRegistration::endpoint);
        return controller
                .map(where -> ask(where, topic))
                .orElseGet(() -> CompletableFuture.completedFuture(ErrorCode.NOT_CONTROLLER));
    }

    private CompletableFuture<ErrorCode> ask(BrokerEndpoint controller, NewTopic topic) {
        return connect(controller)
                .thenCompose(open -> open.send(request(topic), CreateTopics.Response.class))
                .thenApply(answer -> answer.topics().get(0).error())
                .exceptionally(failure -> {
                    log.info(
                            "Topic {} was not created by the controller at {}: {}",
                            topic.name(),
                            controller,
                            failure.getMessage());
                    return ErrorCode.NOT_CONTROLLER;
                });
    }

    private static CreateTopics.Request request(NewTopic topic) {
        List<CreateTopics.Assignment> assignments = new ArrayList<>();
        topic.assignment()
                .forEach((partition, brokers) -> assignments.add(new CreateTopics.Assignment(partition, brokers)));
        List<CreateTopics.Setting> settings = new ArrayList<>();
        topic.config().forEach((name, value) -> settings.add(new CreateTopics.Setting(name, value)));
        CreateTopics.Topic wanted = new CreateTopics.Topic(
                topic.name(), topic.partitions(), (short) topic.replicationFactor(), assignments, settings);
        return new CreateTopics.Request(List.of(wanted), TIMEOUT_MILLIS, false);
    }

    private synchronized CompletableFuture<Connection> connect(BrokerEndpoint controller) {
        boolean usable = controller.equals(endpoint)
                && !connection.isCompletedExceptionally()
                && (!connection.isDone() || connection.join().isOpen());
        if (!usable) {
            if (connection != null) {
                var unused = connection.thenAccept(Connection::close);
            }
            endpoint = controller;
            connection = connections.open(controller);
        }
        return connection;
    }
}
