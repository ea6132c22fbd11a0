package io.millstream.wire;

import java.util.HashMap;
import java.util.Map;

/** The protocol's outcomes, as numbered on the wire. Outcomes are values, not exceptions. */
public enum ErrorCode {
    UNKNOWN_SERVER_ERROR(-1, "The server met an unexpected error"),
    NONE(0, "No error"),
    OFFSET_OUT_OF_RANGE(1, "The offset is outside what the server keeps for this partition"),
    CORRUPT_MESSAGE(2, "A record batch failed its checksum, is too short, or is otherwise corrupt"),
    UNKNOWN_TOPIC_OR_PARTITION(3, "This server does not host this topic-partition"),
    INVALID_FETCH_SIZE(4, "The fetch size is invalid"),
    LEADER_NOT_AVAILABLE(5, "There is no leader for this topic-partition at the moment"),
    NOT_LEADER_OR_FOLLOWER(6, "This broker does not lead (or replicate) this topic-partition"),
    REQUEST_TIMED_OUT(7, "The request timed out"),
    BROKER_NOT_AVAILABLE(8, "The broker is not available"),
    REPLICA_NOT_AVAILABLE(9, "The replica is not available"),
    MESSAGE_TOO_LARGE(10, "A record batch is larger than max.message.bytes"),
    STALE_CONTROLLER_EPOCH(11, "The controller moved to another broker"),
    OFFSET_METADATA_TOO_LARGE(12, "The metadata of a committed offset is too large"),
    NETWORK_EXCEPTION(13, "The server disconnected before an answer came"),
    COORDINATOR_LOAD_IN_PROGRESS(14, "The coordinator is loading"),
    COORDINATOR_NOT_AVAILABLE(15, "The coordinator is not available"),
    NOT_COORDINATOR(16, "This is not the coordinator"),
    INVALID_TOPIC_EXCEPTION(17, "The topic name is not legal"),
    RECORD_LIST_TOO_LARGE(18, "The request holds a batch larger than segment.bytes"),
    NOT_ENOUGH_REPLICAS(19, "Fewer in-sync replicas than min.insync.replicas; nothing was written"),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, "Written, but to fewer in-sync replicas than min.insync.replicas"),
    INVALID_REQUIRED_ACKS(21, "acks must be 0, 1 or -1"),
    ILLEGAL_GENERATION(22, "The generation is not the group's"),
    INCONSISTENT_GROUP_PROTOCOL(23, "The group's members share no protocol"),
    INVALID_GROUP_ID(24, "The group id is not legal"),
    UNKNOWN_MEMBER_ID(25, "The coordinator does not know this member"),
    INVALID_SESSION_TIMEOUT(26, "The session timeout is outside the allowed range"),
    REBALANCE_IN_PROGRESS(27, "The group is rebalancing; rejoin"),
    INVALID_COMMIT_OFFSET_SIZE(28, "The offsets to commit are too large"),
    TOPIC_AUTHORIZATION_FAILED(29, "Not authorised for this topic"),
    GROUP_AUTHORIZATION_FAILED(30, "Not authorised for this group"),
    CLUSTER_AUTHORIZATION_FAILED(31, "Not authorised for the cluster"),
    INVALID_TIMESTAMP(32, "A record's timestamp is out of the acceptable range"),
    UNSUPPORTED_SASL_MECHANISM(33, "The SASL mechanism is not supported"),
    ILLEGAL_SASL_STATE(34, "The request does not fit the SASL state"),
    UNSUPPORTED_VERSION(35, "This version of the API is not supported"),
    TOPIC_ALREADY_EXISTS(36, "A topic with this name exists"),
    INVALID_PARTITIONS(37, "The number of partitions is not legal"),
    INVALID_REPLICATION_FACTOR(38, "The replication factor is below 1 or above the number of brokers"),
    INVALID_REPLICA_ASSIGNMENT(39, "The replica assignment is not legal"),
    INVALID_CONFIG(40, "A config is not legal"),
    NOT_CONTROLLER(41, "This broker is not the controller"),
    INVALID_REQUEST(42, "The request is malformed or contradicts itself"),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, "The record format on the broker does not support this"),
    POLICY_VIOLATION(44, "The request violates a policy"),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, "The broker received a sequence number out of order"),
    DUPLICATE_SEQUENCE_NUMBER(46, "The broker received a duplicate sequence number"),
    INVALID_PRODUCER_EPOCH(47, "A producer with a newer epoch exists"),
    INVALID_TXN_STATE(48, "The transaction is in another state"),
    INVALID_PRODUCER_ID_MAPPING(49, "The producer id is not that of the transactional id"),
    INVALID_TRANSACTION_TIMEOUT(50, "The transaction timeout is too long"),
    CONCURRENT_TRANSACTIONS(51, "Another transaction operation is in progress"),
    TRANSACTION_COORDINATOR_FENCED(52, "The transaction coordinator is fenced"),
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, "Not authorised for this transactional id"),
    SECURITY_DISABLED(54, "Security features are off"),
    OPERATION_NOT_ATTEMPTED(55, "Not attempted, because something else in the batch failed"),
    KAFKA_STORAGE_ERROR(56, "A disk error; the data directory is offline"),
    LOG_DIR_NOT_FOUND(57, "The broker has no such data directory"),
    SASL_AUTHENTICATION_FAILED(58, "SASL authentication failed"),
    UNKNOWN_PRODUCER_ID(59, "The broker knows nothing of this producer id"),
    REASSIGNMENT_IN_PROGRESS(60, "A reassignment is in progress"),
    NON_EMPTY_GROUP(68, "The group has members"),
    GROUP_ID_NOT_FOUND(69, "The group does not exist"),
    FETCH_SESSION_ID_NOT_FOUND(70, "The fetch session does not exist"),
    INVALID_FETCH_SESSION_EPOCH(71, "The fetch session epoch is not the expected one"),
    LISTENER_NOT_FOUND(72, "The partition's leader has no such listener"),
    TOPIC_DELETION_DISABLED(73, "Deleting topics is switched off"),
    FENCED_LEADER_EPOCH(74, "The leader epoch is older than the broker's"),
    UNKNOWN_LEADER_EPOCH(75, "The leader epoch is newer than the broker's"),
    UNSUPPORTED_COMPRESSION_TYPE(76, "The compression is not supported by this version"),
    STALE_BROKER_EPOCH(77, "The broker epoch has changed"),
    OFFSET_NOT_AVAILABLE(78, "The high watermark has not caught up with the leader's term yet"),
    MEMBER_ID_REQUIRED(79, "The member must rejoin with the id it was given"),
    PREFERRED_LEADER_NOT_AVAILABLE(80, "The preferred leader is not available"),
    GROUP_MAX_SIZE_REACHED(81, "The group is full"),
    FENCED_INSTANCE_ID(82, "Another member uses this static instance id"),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, "No eligible leader is available"),
    ELECTION_NOT_NEEDED(84, "The leader is as wanted already"),
    NO_REASSIGNMENT_IN_PROGRESS(85, "No reassignment is in progress"),
    GROUP_SUBSCRIBED_TO_TOPIC(86, "The group is subscribed to the topic"),
    INVALID_RECORD(87, "The broker refused a record"),
    UNSTABLE_OFFSET_COMMIT(88, "Offsets of an open transaction are pending"),
    THROTTLING_QUOTA_EXCEEDED(89, "The quota is exceeded"),
    PRODUCER_FENCED(90, "A newer producer with this transactional id exists"),
    RESOURCE_NOT_FOUND(91, "The resource does not exist"),
    DUPLICATE_RESOURCE(92, "The resource is named twice"),
    UNACCEPTABLE_CREDENTIAL(93, "The credential does not meet the rules"),
    INCONSISTENT_VOTER_SET(94, "The voter sets differ"),
    INVALID_UPDATE_VERSION(95, "The update version is not legal"),
    FEATURE_UPDATE_FAILED(96, "The feature could not be updated"),
    UNKNOWN_TOPIC_ID(100, "This server knows no topic with this id"),
    TRANSACTIONAL_ID_NOT_FOUND(105, "The transactional id does not exist");

    private static final Map<Short, ErrorCode> BY_CODE = new HashMap<>();

    static {
        for (ErrorCode error : values()) {
            BY_CODE.put(error.code, error);
        }
    }

    private final short code;
    private final String description;

    ErrorCode(int code, String description) {
        this.code = (short) code;
        this.description = description;
    }

    /** The number on the wire. */
    public short code() {
        return code;
    }

    /** One sentence for a person, without a full stop. */
    public String description() {
        return description;
    }

    /** The outcome with this number; a number not known here is {@link #UNKNOWN_SERVER_ERROR}. */
    public static ErrorCode of(short code) {
        return BY_CODE.getOrDefault(code, UNKNOWN_SERVER_ERROR);
    }

    /** Reads an outcome as two bytes. */
    public static ErrorCode read(Reader in) {
        return of(in.int16());
    }

    /** Writes this outcome as two bytes. */
    public void write(Writer out) {
        out.int16(code);
    }
}
