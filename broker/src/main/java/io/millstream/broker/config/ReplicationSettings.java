package io.millstream.broker.config;

import java.util.ArrayList;
import java.util.List;

/** The part of a broker's settings that is about copying what other brokers lead; see {@link BrokerSettings#TABLE}. */
public final class ReplicationSettings {

    /** Kafka's name for the rule that is the only one here. */
    public static final String SAME_RACK = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

    /** Kafka's name for having no rule. */
    public static final String LEADER = "org.apache.kafka.common.replica.LeaderSelector";

    private static final String UNLIMITED = Long.toString(Long.MAX_VALUE);

    static final List<Setting<?>> ROWS = new ArrayList<>();

    public static final Setting<Integer> NUM_REPLICA_FETCHERS = row(
            "num.replica.fetchers",
            Rule.integer(1, 64),
            "1",
            "Threads that copy from leaders; each leader is one thread's, whatever the number of its partitions.");
    public static final Setting<Integer> REPLICA_FETCH_WAIT_MAX_MS = row(
            "replica.fetch.wait.max.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "500",
            "How long a leader lets a follower wait when it has nothing new, in ms; less than replica.lag.time.max.ms.");
    public static final Setting<Integer> REPLICA_FETCH_MIN_BYTES = row(
            "replica.fetch.min.bytes",
            Rule.integer(1, Integer.MAX_VALUE),
            "1",
            "New records that a leader answers a follower for at once, in bytes.");
    public static final Setting<Integer> REPLICA_FETCH_MAX_BYTES = row(
            "replica.fetch.max.bytes",
            Rule.integer(0, Integer.MAX_VALUE),
            "1048576",
            "About the most that a follower takes of one partition at a time, in bytes; a larger batch comes whole.");
    public static final Setting<Integer> REPLICA_FETCH_RESPONSE_MAX_BYTES = row(
            "replica.fetch.response.max.bytes",
            Rule.integer(0, Integer.MAX_VALUE),
            "10485760",
            "About the most that a follower takes of all partitions of a leader at a time, in bytes.");
    public static final Setting<Integer> REPLICA_FETCH_BACKOFF_MS = row(
            "replica.fetch.backoff.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "1000",
            "Longest pause before a partition that could not be copied, or a leader that could not be reached, is tried "
                    + "again, in ms; the first pauses are shorter.");
    public static final Setting<Integer> REPLICA_SOCKET_TIMEOUT_MS = row(
            "replica.socket.timeout.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "30000",
            "After how long a leader that does not answer counts as lost, in ms, on top of replica.fetch.wait.max.ms.");
    public static final Setting<String> REPLICA_SELECTOR_CLASS = row(
            "replica.selector.class",
            Rule.oneOf(LEADER, SAME_RACK),
            LEADER,
            "From which replica consumers that name their rack are told to read: the leader, or one in their rack.");

    public static final Setting<Long> LEADER_REPLICATION_THROTTLED_RATE = row(
            "leader.replication.throttled.rate",
            Rule.number(1),
            UNLIMITED,
            "What followers that are not in sync are given at most of the partitions in their topics'"
                    + " leader.replication.throttled.replicas, in bytes per second; the default is no bound.");
    public static final Setting<Long> FOLLOWER_REPLICATION_THROTTLED_RATE = row(
            "follower.replication.throttled.rate",
            Rule.number(1),
            UNLIMITED,
            "What is taken from leaders at most of the partitions in their topics' follower.replication.throttled.replicas"
                    + " that are not in sync here, in bytes per second; the default is no bound.");

    private ReplicationSettings() {}

    private static <T> Setting<T> row(String name, Rule<T> rule, String defaultText, String doc) {
        Setting<T> setting = new Setting<>(name, rule, defaultText, doc);
        ROWS.add(setting);
        return setting;
    }
}
