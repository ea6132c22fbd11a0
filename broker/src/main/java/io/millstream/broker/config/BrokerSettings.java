package io.millstream.broker.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The table of a broker's settings. {@link DynamicSettings} says which of them can be changed while the broker runs. */
public final class BrokerSettings {

    private static final List<Setting<?>> ROWS = new ArrayList<>();
    private static final int HOUR_BITS = 596_523; // hours that still fit 2^31 - 1 s, Kafka's bound for log.*.hours

    public static final Setting<Integer> BROKER_ID =
            row("broker.id", Rule.integer(0, Integer.MAX_VALUE), "0", "This broker's id, unique in the cluster.");
    public static final Setting<String> BROKER_RACK =
            row("broker.rack", Rule.text("a name"), null, "Where this broker stands; shown to clients.");
    public static final Setting<List<ListenerAddress>> LISTENERS = row(
            "listeners",
            Rule.list(
                    "NAME://HOST:PORT, separated by commas; an empty host is every interface", ListenerAddress::parse),
            "PLAINTEXT://:9092",
            "Where the broker listens for clients, each listener with a name and a port of its own; port 0 is any free "
                    + "one.");
    public static final Setting<List<ListenerAddress>> ADVERTISED_LISTENERS = row(
            "advertised.listeners",
            Rule.list(
                    "NAME://HOST:PORT that clients can connect to, separated by commas; names from listeners",
                    ListenerAddress::parse),
            null,
            "What the clients of each listener are told to connect to; by default the listener itself, or this machine's "
                    + "host name if that is every interface. Port 0 is the port that the listener got.");
    public static final Setting<Map<String, SecurityProtocol>> LISTENER_SECURITY_PROTOCOL_MAP = row(
            "listener.security.protocol.map",
            new Rule<>(
                    SettingType.STRING,
                    "NAME:PROTOCOL, separated by commas; protocols are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL",
                    SecurityProtocol::parseMap),
            SecurityProtocol.EACH_BY_ITS_NAME,
            "Which security protocol each listener has; only PLAINTEXT can be listened with so far.");
    public static final Setting<String> INTER_BROKER_LISTENER_NAME = row(
            "inter.broker.listener.name",
            new Rule<>(SettingType.STRING, "the name of an advertised listener", ListenerAddress::checkName),
            null,
            "Which listener other brokers connect to; by default the one called PLAINTEXT.");
    public static final Setting<Integer> HTTP_PORT = row(
            "http.port",
            Rule.integer(-1, 65_535),
            "8081",
            "Port of the HTTP endpoint, on the host of the listener for other brokers; 0 is any free one, -1 is none.");

    public static final Setting<String> ZOOKEEPER_CONNECT = row(
            "zookeeper.connect",
            Rule.text("HOST:PORT[,HOST:PORT...][/CHROOT]"),
            null,
            "ZooKeeper's servers and the path below which the cluster lives.");
    public static final Setting<Integer> ZOOKEEPER_SESSION_TIMEOUT_MS = row(
            "zookeeper.session.timeout.ms",
            Rule.integer(100, Integer.MAX_VALUE),
            "6000",
            "How long the broker counts as alive after its last contact with ZooKeeper, in ms.");
    public static final Setting<Integer> ZOOKEEPER_CONNECTION_TIMEOUT_MS = row(
            "zookeeper.connection.timeout.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "15000",
            "How long the broker waits for ZooKeeper at start, in ms.");

    public static final Setting<List<Path>> LOG_DIRS = row(
            "log.dirs",
            Rule.list("directories, separated by commas", Path::of),
            null,
            "Where the partitions' logs are kept.");
    public static final Setting<Integer> NUM_PARTITIONS = row(
            "num.partitions",
            Rule.integer(1, 100_000),
            "1",
            "Partitions of a topic that is created without saying how many.");
    public static final Setting<Integer> DEFAULT_REPLICATION_FACTOR = row(
            "default.replication.factor",
            Rule.integer(1, Short.MAX_VALUE),
            "1",
            "Replicas of a topic that is created without saying how many.");
    public static final Setting<Long> REPLICA_LAG_TIME_MAX_MS = row(
            "replica.lag.time.max.ms",
            Rule.number(1),
            "30000",
            "How long a follower may go without having been where its leader is before it leaves the ISR, in ms.");
    public static final Setting<Long> REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS = row(
            "replica.high.watermark.checkpoint.interval.ms",
            Rule.number(1),
            "5000",
            "How often the offsets up to which partitions are committed are written to disk, in ms.");
    public static final Setting<Boolean> AUTO_CREATE_TOPICS_ENABLE = row(
            "auto.create.topics.enable",
            Rule.bool(),
            "true",
            "Whether a topic is created when a client that allows it asks for it.");
    public static final Setting<Boolean> DELETE_TOPIC_ENABLE =
            row("delete.topic.enable", Rule.bool(), "true", "Whether topics can be deleted.");

    public static final Setting<Integer> LOG_SEGMENT_BYTES = row(
            "log.segment.bytes",
            Rule.integer(1024, Integer.MAX_VALUE),
            "1073741824",
            "Largest size of a segment file, in bytes.");
    public static final Setting<Long> LOG_ROLL_MS =
            row("log.roll.ms", Rule.number(1), null, "Oldest age of a segment that is appended to, in ms.");
    public static final Setting<Integer> LOG_ROLL_HOURS = row(
            "log.roll.hours",
            Rule.integer(1, HOUR_BITS),
            "168",
            "Oldest age of a segment that is appended to, in hours; log.roll.ms comes first.");
    public static final Setting<Long> LOG_RETENTION_MS =
            row("log.retention.ms", Rule.number(-1), null, "How long records are kept, in ms; -1 is for ever.");
    public static final Setting<Integer> LOG_RETENTION_MINUTES = row(
            "log.retention.minutes",
            Rule.integer(-1, Integer.MAX_VALUE),
            null,
            "How long records are kept, in minutes; log.retention.ms comes first.");
    public static final Setting<Integer> LOG_RETENTION_HOURS = row(
            "log.retention.hours",
            Rule.integer(-1, HOUR_BITS),
            "168",
            "How long records are kept, in hours; log.retention.ms and log.retention.minutes come first.");
    public static final Setting<Long> LOG_RETENTION_BYTES = row(
            "log.retention.bytes",
            Rule.number(-1),
            "-1",
            "Size that a partition is cut back to by deleting its oldest segments, in bytes; -1 is no limit.");
    public static final Setting<Long> LOG_RETENTION_CHECK_INTERVAL_MS = row(
            "log.retention.check.interval.ms",
            Rule.number(1),
            "300000",
            "How often the broker looks for segments to delete, in ms.");
    public static final Setting<Set<String>> LOG_CLEANUP_POLICY = row(
            "log.cleanup.policy",
            Rule.someOf("delete", "compact"),
            "delete",
            "What happens to old records: delete lets them go by age and size, compact lets those go that have a later one "
                    + "with the same key.");
    public static final Setting<Boolean> LOG_CLEANER_ENABLE =
            row("log.cleaner.enable", Rule.bool(), "true", "Whether topics whose policy says so are compacted.");
    public static final Setting<Integer> LOG_CLEANER_THREADS =
            row("log.cleaner.threads", Rule.integer(1, 64), "1", "Threads that compact, each one partition at a time.");
    public static final Setting<Long> LOG_CLEANER_DEDUPE_BUFFER_SIZE = row(
            "log.cleaner.dedupe.buffer.size",
            Rule.number(1),
            "134217728",
            "Memory to note keys in while compacting, for all threads together, in bytes: 24 a key. At least 1 MiB a "
                    + "thread; taken only while needed.");
    public static final Setting<Double> LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = row(
            "log.cleaner.io.buffer.load.factor",
            Rule.fraction(0.1, 1),
            "0.9",
            "Part of the memory for keys that may be filled: fuller is slower.");
    public static final Setting<Double> LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = row(
            "log.cleaner.io.max.bytes.per.second",
            Rule.fraction(1, Double.MAX_VALUE),
            "1.7976931348623157E308",
            "Bytes that compaction reads and writes per second at most, all threads together.");
    public static final Setting<Long> LOG_CLEANER_BACKOFF_MS = row(
            "log.cleaner.backoff.ms",
            Rule.number(1),
            "15000",
            "How long a thread that finds nothing to compact waits before it looks again, in ms.");
    public static final Setting<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO = row(
            "log.cleaner.min.cleanable.ratio",
            Rule.fraction(0, 1),
            "0.5",
            "Part of a partition, in bytes, that must be new for it to be compacted.");
    public static final Setting<Long> LOG_CLEANER_DELETE_RETENTION_MS = row(
            "log.cleaner.delete.retention.ms",
            Rule.number(0),
            "86400000",
            "How long a record without a value (a tombstone) is kept once no older one with its key is left, in ms.");
    public static final Setting<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS = row(
            "log.cleaner.min.compaction.lag.ms",
            Rule.number(0),
            "0",
            "How long a record is kept even if a later one has its key, in ms.");
    public static final Setting<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS = row(
            "log.cleaner.max.compaction.lag.ms",
            Rule.number(1),
            "9223372036854775807",
            "Time after which a record is compacted however little else is new, in ms.");
    public static final Setting<Integer> LOG_INDEX_INTERVAL_BYTES = row(
            "log.index.interval.bytes",
            Rule.integer(0, Integer.MAX_VALUE),
            "4096",
            "Bytes of log between two entries of the offset index.");
    public static final Setting<String> LOG_FLUSH = row(
            "log.flush",
            Rule.oneOf("os", "commit"),
            "os",
            "When a record is committed: os, once the operating system has it, or commit, once it is forced to disk.");
    public static final Setting<Long> LOG_FLUSH_INTERVAL_MESSAGES = row(
            "log.flush.interval.messages",
            Rule.number(1),
            "9223372036854775807",
            "Records after which a partition is forced to disk.");
    public static final Setting<Long> LOG_FLUSH_INTERVAL_MS = row(
            "log.flush.interval.ms",
            Rule.number(0),
            "9223372036854775807",
            "Time after which appended records are forced to disk, in ms.");
    public static final Setting<String> LOG_MESSAGE_TIMESTAMP_TYPE = row(
            "log.message.timestamp.type",
            Rule.oneOf("CreateTime", "LogAppendTime"),
            "CreateTime",
            "Whether a record's timestamp is the producer's or the time it was appended.");
    public static final Setting<Long> LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = row(
            "log.message.timestamp.before.max.ms",
            Rule.number(0),
            "9223372036854775807",
            "How far in the past a producer's timestamp may lie, in ms.");
    public static final Setting<Long> LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = row(
            "log.message.timestamp.after.max.ms",
            Rule.number(0),
            "9223372036854775807",
            "How far in the future a producer's timestamp may lie, in ms.");
    public static final Setting<String> COMPRESSION_TYPE = row(
            "compression.type",
            Rule.oneOf("producer"),
            "producer",
            "Batches stay compressed as the producer sent them.");
    public static final Setting<Integer> MESSAGE_MAX_BYTES = row(
            "message.max.bytes",
            Rule.integer(0, Integer.MAX_VALUE),
            "1048588",
            "Largest record batch that is accepted, in bytes.");
    public static final Setting<Integer> MIN_INSYNC_REPLICAS = row(
            "min.insync.replicas",
            Rule.integer(1, Short.MAX_VALUE),
            "1",
            "Replicas that must be in sync for acks=all to be accepted.");
    public static final Setting<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = row(
            "unclean.leader.election.enable",
            Rule.bool(),
            "false",
            "Whether a replica that is not in sync may lead rather than nobody, which loses records.");
    public static final Setting<Boolean> AUTO_LEADER_REBALANCE_ENABLE = row(
            "auto.leader.rebalance.enable",
            Rule.bool(),
            "true",
            "Whether brokers are given back the partitions whose preferred leader they are.");
    public static final Setting<Integer> LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS = row(
            "leader.imbalance.check.interval.seconds",
            Rule.integer(1, Integer.MAX_VALUE),
            "300",
            "How often the controller looks whether brokers lead what they should, in seconds.");
    public static final Setting<Integer> LEADER_IMBALANCE_PER_BROKER_PERCENTAGE = row(
            "leader.imbalance.per.broker.percentage",
            Rule.integer(0, 100),
            "10",
            "Part of the partitions that a broker should lead, in percent, which others may lead without anything being "
                    + "done.");
    public static final Setting<Boolean> CONTROLLED_SHUTDOWN_ENABLE = row(
            "controlled.shutdown.enable",
            Rule.bool(),
            "true",
            "Whether a broker that is stopped hands over what it leads before it goes.");
    public static final Setting<Integer> CONTROLLED_SHUTDOWN_MAX_RETRIES = row(
            "controlled.shutdown.max.retries",
            Rule.integer(0, 1_000),
            "3",
            "How many times a broker that is stopped waits for controlled.shutdown.retry.backoff.ms before it goes although "
                    + "not everything has been handed over.");
    public static final Setting<Long> CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS = row(
            "controlled.shutdown.retry.backoff.ms",
            Rule.number(1),
            "5000",
            "How long a broker that is stopped waits at a time for what it leads to be handed over, in ms.");
    public static final Setting<Integer> PRODUCER_ID_EXPIRATION_MS = row(
            "producer.id.expiration.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "86400000",
            "How long an idempotent producer that sends nothing is remembered, in ms.");

    public static final Setting<Integer> GROUP_MIN_SESSION_TIMEOUT_MS = row(
            "group.min.session.timeout.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "6000",
            "Shortest session time-out that a member of a consumer group may ask for, in ms.");
    public static final Setting<Integer> GROUP_MAX_SESSION_TIMEOUT_MS = row(
            "group.max.session.timeout.ms",
            Rule.integer(1, Integer.MAX_VALUE),
            "1800000",
            "Longest session time-out that a member of a consumer group may ask for, in ms.");
    public static final Setting<Integer> GROUP_MAX_SIZE = row(
            "group.max.size", Rule.integer(1, Integer.MAX_VALUE), "2147483647", "Most members of one consumer group.");
    public static final Setting<Integer> GROUP_INITIAL_REBALANCE_DELAY_MS = row(
            "group.initial.rebalance.delay.ms",
            Rule.integer(0, Integer.MAX_VALUE),
            "3000",
            "How long the first members of an empty consumer group wait for others, in ms.");
    public static final Setting<Integer> OFFSETS_TOPIC_NUM_PARTITIONS = row(
            "offsets.topic.num.partitions",
            Rule.integer(1, 1_000),
            "50",
            "Shards over which consumer groups are spread; fixed when the cluster's first broker starts. Offsets are in "
                    + "ZooKeeper, there is no topic.");
    public static final Setting<Integer> OFFSET_METADATA_MAX_BYTES = row(
            "offset.metadata.max.bytes",
            Rule.integer(0, 65_536),
            "4096",
            "Longest metadata that a client may commit with an offset, in characters.");
    public static final Setting<Integer> OFFSETS_RETENTION_MINUTES = row(
            "offsets.retention.minutes",
            Rule.integer(1, Integer.MAX_VALUE),
            "10080",
            "How long the offsets of a consumer group without members are kept, in minutes.");
    public static final Setting<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS = row(
            "offsets.retention.check.interval.ms",
            Rule.number(1),
            "600000",
            "How often the broker looks for committed offsets to delete, in ms.");

    public static final Setting<Integer> NUM_NETWORK_THREADS = row(
            "num.network.threads",
            Rule.integer(0, 1024),
            "0",
            "Threads that serve connections; 0 is one per processor.");
    public static final Setting<Integer> SOCKET_REQUEST_MAX_BYTES = row(
            "socket.request.max.bytes",
            Rule.integer(1024, Integer.MAX_VALUE),
            "104857600",
            "Largest request that is read, in bytes.");
    public static final Setting<Long> CONNECTIONS_MAX_IDLE_MS = row(
            "connections.max.idle.ms",
            Rule.number(-1),
            "600000",
            "How long a connection may say nothing before it is closed, in ms; -1 is for ever.");
    public static final Setting<Integer> MAX_CONNECTIONS = row(
            "max.connections",
            Rule.integer(1, Integer.MAX_VALUE),
            "2147483647",
            "Connections that may be open at a time, on all listeners together; one more is closed at once.");
    public static final Setting<Integer> MAX_CONNECTIONS_PER_IP = row(
            "max.connections.per.ip",
            Rule.integer(0, Integer.MAX_VALUE),
            "2147483647",
            "Connections that one address may have open at a time; one more is closed at once.");
    public static final Setting<Map<String, Integer>> MAX_CONNECTIONS_PER_IP_OVERRIDES = row(
            "max.connections.per.ip.overrides",
            Rule.numbered("HOST:NUMBER, separated by commas, or nothing"),
            "",
            "Hosts or addresses for which another number of connections holds than max.connections.per.ip.");
    public static final Setting<Long> QUEUED_MAX_REQUEST_BYTES = row(
            "queued.max.request.bytes",
            Rule.number(-1),
            "-1",
            "Memory for requests that are being read, and for those under way, of all connections, in bytes; -1 is a "
                    + "quarter of the heap, at most 256 MiB.");
    public static final Setting<Integer> MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = row(
            "max.incremental.fetch.session.cache.slots",
            Rule.integer(0, Integer.MAX_VALUE),
            "1000",
            "Fetch sessions that are kept at most; clients without one send whole requests.");

    /** Every setting. */
    public static final SettingTable TABLE = new SettingTable(
            Stream.of(ROWS, ReplicationSettings.ROWS).flatMap(List::stream).toList());

    private BrokerSettings() {}

    private static <T> Setting<T> row(String name, Rule<T> rule, String defaultText, String doc) {
        Setting<T> setting = new Setting<>(name, rule, defaultText, doc);
        ROWS.add(setting);
        return setting;
    }
}
