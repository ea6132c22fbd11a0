package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.controller.Controller;
import io.millstream.broker.controller.Refusal;
import io.millstream.core.Entropy;
import io.millstream.wire.ErrorCode;

/**
 * What handlers that speak of the cluster need.
 *
 * @param brokerId this broker
 * @param clusterId as clients see it
 * @param config this broker's settings
 * @param view the cluster as this broker serves it
 * @param controller this broker's, active or not
 * @param entropy for the ids of new topics
 */
public record ServedCluster(
        int brokerId, String clusterId, BrokerConfig config, ClusterView view, Controller controller, Entropy entropy) {

    static ErrorCode errorOf(Refusal refusal) {
        return switch (refusal.reason()) {
            case NOT_CONTROLLER -> ErrorCode.NOT_CONTROLLER;
            case TOPIC_EXISTS -> ErrorCode.TOPIC_ALREADY_EXISTS;
            case UNKNOWN_TOPIC -> ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            case INVALID_NAME -> ErrorCode.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITIONS -> ErrorCode.INVALID_PARTITIONS;
            case INVALID_REPLICATION_FACTOR -> ErrorCode.INVALID_REPLICATION_FACTOR;
            case INVALID_ASSIGNMENT -> ErrorCode.INVALID_REPLICA_ASSIGNMENT;
            case UNAVAILABLE -> ErrorCode.REQUEST_TIMED_OUT;
        };
    }
}
