package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.controller.Controller;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What handlers that speak of the cluster need.
 *
 * @param brokerId this broker
 * @param clusterId as clients see it
 * @param settings this broker's
 * @param view the cluster as this broker serves it
 * @param controller this broker's, active or not
 * @param entropy for the ids of new topics
 */
public record ServedCluster(
        int brokerId, String clusterId, LiveConfig settings, ClusterView view, Controller controller, Entropy entropy) {

    /** About how long it takes from the first connection until this broker knows the cluster. */
    private static final long START_MILLIS = 1_000;

    /** This broker's settings as they are now. */
    public BrokerConfig config() {
        return settings.current();
    }

    /** What to say of a broker's name, as resources have it, that neither is this broker's nor stands for all. */
    Optional<String> strangerAmongBrokers(String name) {
        return name.isEmpty() || name.equals(Integer.toString(brokerId))
                ? Optional.empty()
                : Optional.of("This is broker " + brokerId + "; ask broker '" + name + "' itself");
    }

    /**
     * The cluster as it is served; a broker that has just started and knows of nothing yet waits a little before it answers
     * that there is nothing.
     */
    CompletableFuture<ClusterState> known(RequestContext context) {
        ClusterState now = view.state();
        return now.brokers().isEmpty()
                ? new Deadline(context, START_MILLIS)
                        .within(view.await(cluster -> !cluster.brokers().isEmpty()), view::state)
                        .thenApplyAsync(cluster -> cluster, context.loop())
                : CompletableFuture.completedFuture(now);
    }

    /** Whether the topic's old records go by compaction only. */
    public boolean compactsOnly(String topic) {
        if (TopicName.objection(topic).isPresent()) {
            return false;
        }
        String policies = TopicConfig.stored(view.state().config(new TopicName(topic)), config(), objection -> {})
                .text(TopicConfig.CLEANUP_POLICY);
        List<String> policy =
                Arrays.stream(policies.split(",")).map(String::strip).toList();
        return policy.contains("compact") && !policy.contains("delete");
    }

    /**
     * Where a client reaches the brokers, by their ids: their endpoints of the listener that the client came in by. A
     * broker that has none for this listener is left out.
     */
    SortedMap<Integer, BrokerEndpoint> reachable(RequestContext context, ClusterState cluster) {
        SortedMap<Integer, BrokerEndpoint> endpoints = new TreeMap<>();
        cluster.brokers().forEach((id, registration) -> registration
                .value()
                .endpoint(context.listener())
                .ifPresent(endpoint -> endpoints.put(id, endpoint)));
        return endpoints;
    }

    /** What a client is told that asked for it. */
    public static ErrorCode errorOf(Refusal refusal) {
        return switch (refusal.reason()) {
            case NOT_CONTROLLER -> ErrorCode.NOT_CONTROLLER;
            case TOPIC_EXISTS -> ErrorCode.TOPIC_ALREADY_EXISTS;
            case UNKNOWN_TOPIC -> ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            case INVALID_NAME -> ErrorCode.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITIONS -> ErrorCode.INVALID_PARTITIONS;
            case INVALID_REPLICATION_FACTOR -> ErrorCode.INVALID_REPLICATION_FACTOR;
            case INVALID_ASSIGNMENT -> ErrorCode.INVALID_REPLICA_ASSIGNMENT;
            case INVALID_CONFIG -> ErrorCode.INVALID_CONFIG;
            case ELECTION_NOT_NEEDED -> ErrorCode.ELECTION_NOT_NEEDED;
            case PREFERRED_LEADER_NOT_AVAILABLE -> ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE;
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE;
            case REASSIGNMENT_IN_PROGRESS -> ErrorCode.REASSIGNMENT_IN_PROGRESS;
            case NO_REASSIGNMENT_IN_PROGRESS -> ErrorCode.NO_REASSIGNMENT_IN_PROGRESS;
            case INVALID_REQUEST -> ErrorCode.INVALID_REQUEST;
            case UNAVAILABLE -> ErrorCode.REQUEST_TIMED_OUT;
        };
    }
}
