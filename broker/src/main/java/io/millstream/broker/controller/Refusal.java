package io.millstream.broker.controller;

/**
 * Why something asked of the controller is not done.
 *
 * @param reason the kind
 * @param message one line for the person who asked
 */
public record Refusal(Reason reason, String message) {

    /** Kinds of refusal. */
    public enum Reason {
        NOT_CONTROLLER,
        TOPIC_EXISTS,
        UNKNOWN_TOPIC,
        INVALID_NAME,
        INVALID_PARTITIONS,
        INVALID_REPLICATION_FACTOR,
        INVALID_ASSIGNMENT,
        INVALID_CONFIG,
        /** The leader is as wanted already. */
        ELECTION_NOT_NEEDED,
        /** The preferred leader does not live or is not in sync. */
        PREFERRED_LEADER_NOT_AVAILABLE,
        /** No replica lives. */
        ELIGIBLE_LEADERS_NOT_AVAILABLE,
        REASSIGNMENT_IN_PROGRESS,
        NO_REASSIGNMENT_IN_PROGRESS,
        /** The request contradicts itself. */
        INVALID_REQUEST,
        /** Too much waits already, or ZooKeeper did not do it. Ask again. */
        UNAVAILABLE
    }
}
