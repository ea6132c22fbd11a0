package io.millstream.broker.config;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A broker's settings, all checked. Immutable. */
public final class BrokerConfig {

    /** Keys of Kafka that mean nothing here, and what to write instead. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "process.roles", "Brokers here are coordinated by ZooKeeper; remove it and set zookeeper.connect",
            "controller.quorum.voters",
                    "Brokers here are coordinated by ZooKeeper; remove it and set zookeeper.connect",
            "node.id", "Write broker.id",
            "log.dir", "Write log.dirs",
            "advertised.host.name", "Write advertised.listeners",
            "port", "Write listeners");

    private static final long SMALLEST_DEDUPE_BUFFER = 1 << 20;

    private final Map<String, String> given;
    private final Listeners listeners;

    private BrokerConfig(Map<String, String> given) {
        this.given = given;
        require(BrokerSettings.ZOOKEEPER_CONNECT);
        require(BrokerSettings.LOG_DIRS);
        listeners = Listeners.of(this);
    }

    /**
     * Checks what was given; the rest has its default.
     *
     * @param given Kafka's server keys to their values
     * @throws InvalidConfigException on an unknown key, a bad value, a missing one, or two that contradict each other
     */
    public static BrokerConfig of(Map<String, String> given) {
        given.keySet().stream().filter(ELSEWHERE::containsKey).findFirst().ifPresent(key -> {
            throw new InvalidConfigException("There is no setting " + key + ": " + ELSEWHERE.get(key));
        });
        BrokerSettings.TABLE.check(given);
        BrokerConfig config = new BrokerConfig(Map.copyOf(given));
        config.checkCleaner();
        return config;
    }

    /** The value of a setting; null if none was given and it has no default. */
    public <T> T get(Setting<T> setting) {
        return setting.parse(text(setting));
    }

    /** The value of a setting as it would be written; null if none was given and it has no default. */
    public String text(Setting<?> setting) {
        return given.getOrDefault(setting.name(), setting.defaultText());
    }

    /** Whether the value was given rather than left at its default. */
    public boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting.name());
    }

    /** Where the broker listens, and what clients are told. */
    public Listeners listeners() {
        return listeners;
    }

    /** How long records are kept, in ms; -1 for ever. Finer units come first, as in Kafka. */
    public long retentionMillis() {
        if (isGiven(BrokerSettings.LOG_RETENTION_MS)) {
            return get(BrokerSettings.LOG_RETENTION_MS);
        }
        if (isGiven(BrokerSettings.LOG_RETENTION_MINUTES)) {
            return millis(get(BrokerSettings.LOG_RETENTION_MINUTES), TimeUnit.MINUTES);
        }
        return millis(get(BrokerSettings.LOG_RETENTION_HOURS), TimeUnit.HOURS);
    }

    /** Oldest age of a segment that is appended to, in ms. */
    public long rollMillis() {
        return isGiven(BrokerSettings.LOG_ROLL_MS)
                ? get(BrokerSettings.LOG_ROLL_MS)
                : millis(get(BrokerSettings.LOG_ROLL_HOURS), TimeUnit.HOURS);
    }

    private static long millis(int value, TimeUnit unit) {
        return value < 0 ? -1 : unit.toMillis(value);
    }

    private void require(Setting<?> setting) {
        if (text(setting) == null) {
            throw new InvalidConfigException(
                    "Setting " + setting.name() + " is missing; allowed: " + setting.allowed());
        }
    }

    private void checkCleaner() {
        TopicConfig.of(Map.of(), this);
        long bytes = get(BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE);
        int threads = get(BrokerSettings.LOG_CLEANER_THREADS);
        if (bytes / threads < SMALLEST_DEDUPE_BUFFER) {
            throw new InvalidConfigException(BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE.name() + "=" + bytes
                    + " is not allowed; allowed: at least " + SMALLEST_DEDUPE_BUFFER + " for each of "
                    + BrokerSettings.LOG_CLEANER_THREADS.name() + "=" + threads);
        }
    }

    /** Says that the value of a setting is allowed by itself but not beside the others. */
    InvalidConfigException refused(Setting<?> setting, String why) {
        return new InvalidConfigException(
                setting.name() + "=" + text(setting) + " is not allowed (" + why + "); allowed: " + setting.allowed());
    }
}
