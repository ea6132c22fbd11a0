package io.millstream.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A topic's settings: what was set for it, and the broker's own values for the rest. Immutable. */
public final class TopicConfig {

    private static final List<Row<?>> ROWS = new ArrayList<>();

    public static final Setting<Set<String>> CLEANUP_POLICY = row("cleanup.policy", BrokerSettings.LOG_CLEANUP_POLICY);
    public static final Setting<Long> DELETE_RETENTION_MS =
            row("delete.retention.ms", BrokerSettings.LOG_CLEANER_DELETE_RETENTION_MS);
    public static final Setting<Long> MIN_COMPACTION_LAG_MS =
            row("min.compaction.lag.ms", BrokerSettings.LOG_CLEANER_MIN_COMPACTION_LAG_MS);
    public static final Setting<Long> MAX_COMPACTION_LAG_MS =
            row("max.compaction.lag.ms", BrokerSettings.LOG_CLEANER_MAX_COMPACTION_LAG_MS);
    public static final Setting<Double> MIN_CLEANABLE_DIRTY_RATIO =
            row("min.cleanable.dirty.ratio", BrokerSettings.LOG_CLEANER_MIN_CLEANABLE_RATIO);
    public static final Setting<String> COMPRESSION_TYPE = row("compression.type", BrokerSettings.COMPRESSION_TYPE);
    public static final Setting<Long> RETENTION_MS = row(
            "retention.ms",
            BrokerSettings.LOG_RETENTION_MS,
            List.of(BrokerSettings.LOG_RETENTION_MINUTES, BrokerSettings.LOG_RETENTION_HOURS),
            broker -> Long.toString(broker.retentionMillis()));
    public static final Setting<Long> RETENTION_BYTES = row("retention.bytes", BrokerSettings.LOG_RETENTION_BYTES);
    public static final Setting<Integer> SEGMENT_BYTES = row("segment.bytes", BrokerSettings.LOG_SEGMENT_BYTES);
    public static final Setting<Long> SEGMENT_MS = row(
            "segment.ms",
            BrokerSettings.LOG_ROLL_MS,
            List.of(BrokerSettings.LOG_ROLL_HOURS),
            broker -> Long.toString(broker.rollMillis()));
    public static final Setting<Integer> INDEX_INTERVAL_BYTES =
            row("index.interval.bytes", BrokerSettings.LOG_INDEX_INTERVAL_BYTES);
    public static final Setting<String> FLUSH = row("flush", BrokerSettings.LOG_FLUSH);
    public static final Setting<Long> FLUSH_MESSAGES =
            row("flush.messages", BrokerSettings.LOG_FLUSH_INTERVAL_MESSAGES);
    public static final Setting<Long> FLUSH_MS = row("flush.ms", BrokerSettings.LOG_FLUSH_INTERVAL_MS);
    public static final Setting<Integer> MAX_MESSAGE_BYTES = row("max.message.bytes", BrokerSettings.MESSAGE_MAX_BYTES);
    public static final Setting<String> MESSAGE_TIMESTAMP_TYPE =
            row("message.timestamp.type", BrokerSettings.LOG_MESSAGE_TIMESTAMP_TYPE);
    public static final Setting<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS =
            row("message.timestamp.before.max.ms", BrokerSettings.LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS);
    public static final Setting<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS =
            row("message.timestamp.after.max.ms", BrokerSettings.LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS);
    public static final Setting<Integer> MIN_INSYNC_REPLICAS =
            row("min.insync.replicas", BrokerSettings.MIN_INSYNC_REPLICAS);
    public static final Setting<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE =
            row("unclean.leader.election.enable", BrokerSettings.UNCLEAN_LEADER_ELECTION_ENABLE);
    public static final Setting<ThrottledReplicas> LEADER_REPLICATION_THROTTLED_REPLICAS = own(
            "leader.replication.throttled.replicas",
            ThrottledReplicas.RULE,
            "",
            "Leaders that give replicas which are not in sync no more than leader.replication.throttled.rate.");
    public static final Setting<ThrottledReplicas> FOLLOWER_REPLICATION_THROTTLED_REPLICAS = own(
            "follower.replication.throttled.replicas",
            ThrottledReplicas.RULE,
            "",
            "Followers that, while they are not in sync, take no more than follower.replication.throttled.rate.");

    /** Every setting of a topic. */
    public static final SettingTable TABLE =
            new SettingTable(ROWS.stream().<Setting<?>>map(Row::setting).toList());

    /**
     * A topic's setting and where its value comes from if the topic has none.
     *
     * @param synonyms the broker's settings that decide, the one that comes first in front; none where no broker's does
     */
    private record Row<T>(Setting<T> setting, List<Setting<?>> synonyms, Function<BrokerConfig, String> fallback) {}

    private final Map<String, String> given;
    private final BrokerConfig broker;

    private TopicConfig(Map<String, String> given, BrokerConfig broker) {
        this.given = given;
        this.broker = broker;
    }

    /**
     * Checks what somebody wants to set for a topic.
     *
     * @param given Kafka's topic keys to their values
     * @param broker gives the rest
     * @throws InvalidConfigException on an unknown key, a bad value, or two that contradict each other
     */
    public static TopicConfig of(Map<String, String> given, BrokerConfig broker) {
        TABLE.check(given);
        TopicConfig config = new TopicConfig(Map.copyOf(given), broker);
        config.checkLags();
        return config;
    }

    private void checkLags() {
        if (get(MIN_COMPACTION_LAG_MS) > get(MAX_COMPACTION_LAG_MS)) {
            throw new InvalidConfigException(MIN_COMPACTION_LAG_MS.name() + "=" + text(MIN_COMPACTION_LAG_MS)
                    + " is not allowed; allowed: at most " + MAX_COMPACTION_LAG_MS.name() + ", which is "
                    + text(MAX_COMPACTION_LAG_MS));
        }
    }

    /**
     * What was set for a topic, maybe by another release: what this one does not accept is left out.
     *
     * @param objection told of each setting left out
     */
    public static TopicConfig stored(
            Map<String, String> stored, BrokerConfig broker, Consumer<InvalidConfigException> objection) {
        Map<String, String> accepted = new HashMap<>();
        stored.forEach((name, text) -> {
            try {
                TABLE.check(name, text);
                accepted.put(name, text);
            } catch (InvalidConfigException e) {
                objection.accept(e);
            }
        });
        TopicConfig config = new TopicConfig(accepted, broker);
        try {
            config.checkLags();
            return config;
        } catch (InvalidConfigException e) {
            // They agreed with the broker's own values of another time: of the two, the longer stay is the safer.
            objection.accept(e);
            accepted.put(MAX_COMPACTION_LAG_MS.name(), Long.toString(Long.MAX_VALUE));
            return new TopicConfig(accepted, broker);
        }
    }

    /** The value of a setting; never null. */
    public <T> T get(Setting<T> setting) {
        return setting.parse(text(setting));
    }

    /** The value of a setting as it would be written; never null. */
    public String text(Setting<?> setting) {
        String own = given.get(setting.name());
        return own != null ? own : row(setting).fallback().apply(broker);
    }

    /** Whether the value was set for this topic. */
    public boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting.name());
    }

    /** The broker's settings that decide for topics which have no value of their own, the one that comes first in front. */
    public static List<Setting<?>> synonyms(Setting<?> setting) {
        return row(setting).synonyms();
    }

    private static Row<?> row(Setting<?> setting) {
        return ROWS.stream()
                .filter(row -> row.setting().equals(setting))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(setting.name() + " is not a topic's setting"));
    }

    /** A setting of which brokers know nothing. */
    private static <T> Setting<T> own(String name, Rule<T> rule, String defaultText, String doc) {
        Setting<T> setting = new Setting<>(name, rule, defaultText, doc);
        ROWS.add(new Row<>(setting, List.of(), broker -> defaultText));
        return setting;
    }

    private static <T> Setting<T> row(String name, Setting<T> synonym) {
        return row(name, synonym, List.of(), broker -> broker.text(synonym));
    }

    /**
     * @param synonym the broker's setting of the same type and unit
     * @param coarser those that decide if that one is not given
     */
    private static <T> Setting<T> row(
            String name, Setting<T> synonym, List<Setting<?>> coarser, Function<BrokerConfig, String> fallback) {
        Setting<T> setting = new Setting<>(name, synonym.rule(), synonym.defaultText(), synonym.doc());
        List<Setting<?>> synonyms = new ArrayList<>(List.of(synonym));
        synonyms.addAll(coarser);
        ROWS.add(new Row<>(setting, List.copyOf(synonyms), fallback));
        return setting;
    }
}
