package io.millstream.broker.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of a broker's settings can be changed while it runs (KIP-226): those that Kafka changes at run time too, as far as
 * there are such here. What topics without a value of their own take from the broker is among them.
 */
public final class DynamicSettings {

    private static final Set<Setting<?>> ALL = new HashSet<>(List.of(
            BrokerSettings.LOG_CLEANER_THREADS,
            BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE,
            BrokerSettings.LOG_CLEANER_IO_BUFFER_LOAD_FACTOR,
            BrokerSettings.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND,
            BrokerSettings.LOG_CLEANER_BACKOFF_MS,
            BrokerSettings.PRODUCER_ID_EXPIRATION_MS,
            ReplicationSettings.LEADER_REPLICATION_THROTTLED_RATE,
            ReplicationSettings.FOLLOWER_REPLICATION_THROTTLED_RATE,
            BrokerSettings.MAX_CONNECTIONS,
            BrokerSettings.MAX_CONNECTIONS_PER_IP,
            BrokerSettings.MAX_CONNECTIONS_PER_IP_OVERRIDES));

    static {
        // The first synonym only: as in Kafka, log.retention.ms can change, log.retention.hours cannot.
        TopicConfig.TABLE.all().forEach(setting -> TopicConfig.synonyms(setting).stream()
                .limit(1)
                .forEach(ALL::add));
    }

    private DynamicSettings() {}

    /** Whether a broker's setting can be changed while it runs. */
    public static boolean contains(Setting<?> setting) {
        return ALL.contains(setting);
    }

    /** Whether this is the name of a broker's setting that only its file can change. */
    public static boolean isReadOnly(String name) {
        return BrokerSettings.TABLE
                .find(name)
                .filter(setting -> !contains(setting))
                .isPresent();
    }

    /**
     * Checks a key and its value.
     *
     * @throws InvalidConfigException if there is no such key, it can only be changed in the file, or the value is not allowed
     */
    public static void check(String name, String text) {
        BrokerSettings.TABLE.check(name, text);
        if (isReadOnly(name)) {
            throw new InvalidConfigException(name + " cannot be changed while the broker runs");
        }
    }
}
