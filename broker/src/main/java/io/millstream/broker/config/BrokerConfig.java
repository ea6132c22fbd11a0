package io.millstream.broker.config;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A broker's settings, all checked: those of its file, and what was set at run time before them. Immutable. */
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

    /** Settings that must agree with each other, and what fails if they do not. */
    private record Agreement(List<Setting<?>> settings, Consumer<BrokerConfig> check) {}

    private static final List<Agreement> AGREEMENTS = List.of(
            new Agreement(
                    List.of(
                            BrokerSettings.LOG_CLEANER_MIN_COMPACTION_LAG_MS,
                            BrokerSettings.LOG_CLEANER_MAX_COMPACTION_LAG_MS),
                    config -> {
                        TopicConfig unused = TopicConfig.of(Map.of(), config);
                    }),
            new Agreement(
                    List.of(BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE, BrokerSettings.LOG_CLEANER_THREADS),
                    BrokerConfig::checkCleanerMemory));

    /** Where a value was given; what decides first in front (KIP-226). */
    public enum Layer {
        /** At run time, for this broker. */
        BROKER,
        /** At run time, for all brokers. */
        CLUSTER,
        /** In the broker's file, or on its command line. */
        FILE
    }

    private final Map<Layer, Map<String, String>> layers = new EnumMap<>(Layer.class);
    private final Listeners listeners;

    /** What was set at run time as it was written, also what is left out here. */
    private final List<Map<String, String>> overrides;

    private BrokerConfig(Map<String, String> given) {
        layers.put(Layer.FILE, given);
        overrides = List.of(Map.of(), Map.of());
        require(BrokerSettings.ZOOKEEPER_CONNECT);
        require(BrokerSettings.LOG_DIRS);
        listeners = Listeners.of(this);
    }

    private BrokerConfig(BrokerConfig file, List<Map<String, String>> overrides) {
        layers.putAll(file.layers);
        layers.put(Layer.BROKER, new HashMap<>(overrides.get(0)));
        layers.put(Layer.CLUSTER, new HashMap<>(overrides.get(1)));
        this.overrides = overrides;
        this.listeners = file.listeners;
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
        AGREEMENTS.forEach(agreement -> agreement.check().accept(config));
        return config;
    }

    /**
     * These settings with what was set at run time before them, instead of what was before.
     *
     * @param own for this broker
     * @param ofAll for all brokers
     * @param objection told of what this broker cannot have: it is left out. May throw, if it may not be left out
     */
    public BrokerConfig overridden(
            Map<String, String> own, Map<String, String> ofAll, Consumer<InvalidConfigException> objection) {
        BrokerConfig config = new BrokerConfig(this, List.of(Map.copyOf(own), Map.copyOf(ofAll)));
        config.keepWhatIsAllowed(Layer.BROKER, objection);
        config.keepWhatIsAllowed(Layer.CLUSTER, objection);
        for (Agreement agreement : AGREEMENTS) {
            try {
                agreement.check().accept(config);
            } catch (InvalidConfigException e) {
                objection.accept(e);
                agreement.settings().forEach(setting -> config.dropOverrides(setting.name()));
            }
        }
        return config;
    }

    private void keepWhatIsAllowed(Layer layer, Consumer<InvalidConfigException> objection) {
        layers.get(layer).entrySet().removeIf(entry -> {
            try {
                DynamicSettings.check(entry.getKey(), entry.getValue());
                return false;
            } catch (InvalidConfigException e) {
                objection.accept(e);
                return true;
            }
        });
    }

    private void dropOverrides(String name) {
        layers.get(Layer.BROKER).remove(name);
        layers.get(Layer.CLUSTER).remove(name);
    }

    /** What was set at run time in one place, as far as this broker can have it. */
    public Map<String, String> overrides(Layer layer) {
        return Map.copyOf(layers.getOrDefault(layer, Map.of()));
    }

    /** Whether this is what {@link #overridden} makes of these. */
    boolean isOverridden(Map<String, String> own, Map<String, String> ofAll) {
        return overrides.equals(List.of(own, ofAll));
    }

    /** The value of a setting; null if none was given and it has no default. */
    public <T> T get(Setting<T> setting) {
        return setting.parse(text(setting));
    }

    /** The value of a setting as it would be written; null if none was given and it has no default. */
    public String text(Setting<?> setting) {
        return layers.values().stream()
                .map(layer -> layer.get(setting.name()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(setting.defaultText());
    }

    /** The value that was given in one place; empty if none was. */
    public Optional<String> text(Setting<?> setting, Layer layer) {
        return Optional.ofNullable(layers.getOrDefault(layer, Map.of()).get(setting.name()));
    }

    /** Whether the value was given rather than left at its default. */
    public boolean isGiven(Setting<?> setting) {
        return layers.values().stream().anyMatch(layer -> layer.containsKey(setting.name()));
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

    private void checkCleanerMemory() {
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
