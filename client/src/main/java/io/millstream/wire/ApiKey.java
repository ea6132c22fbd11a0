package io.millstream.wire;

import java.util.Optional;

/**
 * The version table: every API spoken here, with the window of versions and the first flexible one (KIP-482).
 *
 * <p>Floors are those of KIP-896; ceilings are the first flexible version, or higher where a feature needs it, and
 * below topic ids. {@link #DESCRIBE_RANGES} is Millstream's own; its key is far above Kafka's, and clients ignore keys
 * they do not know.
 */
public enum ApiKey {
    PRODUCE(0, 3, 9, 9),
    FETCH(1, 4, 12, 12),
    LIST_OFFSETS(2, 1, 7, 6),
    METADATA(3, 0, 10, 9),
    OFFSET_COMMIT(8, 2, 8, 8),
    OFFSET_FETCH(9, 1, 8, 6),
    FIND_COORDINATOR(10, 0, 4, 3),
    JOIN_GROUP(11, 0, 9, 6),
    HEARTBEAT(12, 0, 4, 4),
    LEAVE_GROUP(13, 0, 5, 4),
    SYNC_GROUP(14, 0, 5, 4),
    DESCRIBE_GROUPS(15, 0, 5, 5),
    LIST_GROUPS(16, 0, 4, 3),
    API_VERSIONS(18, 0, 3, 3),
    CREATE_TOPICS(19, 2, 5, 5),
    DELETE_TOPICS(20, 1, 4, 4),
    DELETE_RECORDS(21, 0, 2, 2),
    INIT_PRODUCER_ID(22, 0, 3, 2),
    OFFSET_FOR_LEADER_EPOCH(23, 2, 4, 4),
    DESCRIBE_CONFIGS(32, 1, 4, 4),
    ALTER_CONFIGS(33, 0, 2, 2),
    DESCRIBE_LOG_DIRS(35, 1, 4, 2),
    CREATE_PARTITIONS(37, 0, 2, 2),
    DELETE_GROUPS(42, 0, 2, 2),
    ELECT_LEADERS(43, 0, 2, 2),
    INCREMENTAL_ALTER_CONFIGS(44, 0, 1, 1),
    ALTER_PARTITION_REASSIGNMENTS(45, 0, 0, 0),
    LIST_PARTITION_REASSIGNMENTS(46, 0, 0, 0),
    OFFSET_DELETE(47, 0, 0, ApiKey.NEVER),
    DESCRIBE_CLUSTER(60, 0, 0, 0),
    DESCRIBE_PRODUCERS(61, 0, 0, 0),
    DESCRIBE_RANGES(20_001, 0, 0, 0);

    /** An API of which no version is flexible. */
    private static final short NEVER = Short.MAX_VALUE;

    private final short id;
    private final short min;
    private final short max;
    private final short flexibleFrom;

    ApiKey(int id, int min, int max, int flexibleFrom) {
        this.id = (short) id;
        this.min = (short) min;
        this.max = (short) max;
        this.flexibleFrom = (short) flexibleFrom;
    }

    /** The number on the wire. */
    public short id() {
        return id;
    }

    /** Lowest version spoken, inclusive. */
    public short min() {
        return min;
    }

    /** Highest version spoken, inclusive. */
    public short max() {
        return max;
    }

    /** Whether {@code version} lies within the window. */
    public boolean speaks(short version) {
        return version >= min && version <= max;
    }

    /** Whether {@code version} uses compact lengths and tagged fields. */
    public boolean flexible(short version) {
        return version >= flexibleFrom;
    }

    /** Whether the response header of {@code version} ends in tagged fields; ApiVersions' never does (KIP-511). */
    public boolean flexibleResponseHeader(short version) {
        return this != API_VERSIONS && flexible(version);
    }

    /**
     * The lowest version that ApiVersions claims. Produce claims 0 although 0 to 2 are refused: librdkafka stops
     * compressing otherwise (KAFKA-18659).
     */
    public short advertisedMin() {
        return this == PRODUCE ? 0 : min;
    }

    /** The API with this number on the wire; empty if it is not spoken here. */
    public static Optional<ApiKey> of(short id) {
        for (ApiKey key : values()) {
            if (key.id == id) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }
}
