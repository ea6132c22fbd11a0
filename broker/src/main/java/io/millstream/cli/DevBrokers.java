package io.millstream.cli;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.Setting;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The brokers that {@code dev} runs, numbered from 1, and the settings of each.
 *
 * @param count how many
 * @param port of the first, the others have the next ones; 0: any free ones
 * @param httpPort likewise of the HTTP endpoints; -1: none
 * @param heapBytes what all that run in one JVM share
 * @param given what the user set for all of them
 */
record DevBrokers(int count, int port, int httpPort, long heapBytes, Map<String, String> given) {

    static final String HOST = "127.0.0.1";

    /** As many as a machine for development has a use for. */
    static final int MOST = 32;

    /** Brokers on one machine are all there or all gone, so a short time-out costs nothing and shows failures soon. */
    private static final String SESSION_TIMEOUT_MILLIS = "6000";

    private static final int LAST_PORT = 65_535;

    private static final int MOST_REPLICAS = 3;

    /** Share of the heap for requests under way, and for keys during compaction. */
    private static final int REQUESTS_SHARE = 4;

    private static final int KEYS_SHARE = 8;

    /** For two threads, what is allowed at least. */
    private static final long FEWEST_KEYS_BYTES = 2 << 20;

    private static final List<Setting<?>> EACH_ITS_OWN = List.of(
            BrokerSettings.BROKER_ID,
            BrokerSettings.LISTENERS,
            BrokerSettings.ADVERTISED_LISTENERS,
            BrokerSettings.HTTP_PORT,
            BrokerSettings.LOG_DIRS);

    /** Why these brokers cannot be; empty if they can. */
    Optional<String> objection(int zooKeeperPort) {
        if (count < 1 || count > MOST) {
            return Optional.of("--brokers " + count + " is not possible; allowed: 1 to " + MOST);
        }
        Stream<Optional<String>> objections = Stream.of(
                beyondLastPort("--port", port),
                beyondLastPort("--http-port", httpPort),
                overlap(new Range("--port", port, count), new Range("--http-port", httpPort, count)),
                overlap(new Range("--port", port, count), new Range("--zookeeper-port", zooKeeperPort, 1)),
                overlap(new Range("--http-port", httpPort, count), new Range("--zookeeper-port", zooKeeperPort, 1)),
                sharedSetting());
        return objections.flatMap(Optional::stream).findFirst();
    }

    private Optional<String> beyondLastPort(String option, int first) {
        return first + count - 1 > LAST_PORT
                ? Optional.of(option + " " + first + " leaves no room for " + count + " brokers up to " + LAST_PORT)
                : Optional.empty();
    }

    private record Range(String option, int first, int size) {

        boolean fixed() {
            return first > 0;
        }
    }

    private static Optional<String> overlap(Range a, Range b) {
        boolean apart = !a.fixed() || !b.fixed() || a.first + a.size <= b.first || b.first + b.size <= a.first;
        return apart
                ? Optional.empty()
                : Optional.of(a.option + " " + a.first + " and " + b.option + " " + b.first
                        + " overlap: each broker takes the next port");
    }

    private Optional<String> sharedSetting() {
        return EACH_ITS_OWN.stream()
                .map(Setting::name)
                .filter(name -> count > 1 && given.containsKey(name))
                .map(name -> "--set " + name + " is not possible with " + count + " brokers, each has its own; "
                        + "see --port, --http-port and --data")
                .findFirst();
    }

    /** The same brokers in JVMs of their own, which share no heap. */
    DevBrokers apart() {
        return new DevBrokers(count, port, httpPort, Long.MAX_VALUE, given);
    }

    /**
     * All settings of a broker.
     *
     * @param id from 1
     * @param directory where each broker has a directory of its own
     * @param zooKeeper {@code host:port}
     */
    Map<String, String> settings(int id, Path directory, String zooKeeper) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(BrokerSettings.BROKER_ID.name(), Integer.toString(id));
        settings.put(BrokerSettings.LISTENERS.name(), "PLAINTEXT://" + HOST + ":" + portOf(port, id));
        settings.put(BrokerSettings.HTTP_PORT.name(), Integer.toString(portOf(httpPort, id)));
        settings.put(BrokerSettings.ZOOKEEPER_CONNECT.name(), zooKeeper);
        settings.put(BrokerSettings.ZOOKEEPER_SESSION_TIMEOUT_MS.name(), SESSION_TIMEOUT_MILLIS);
        settings.put(
                BrokerSettings.LOG_DIRS.name(),
                directory.resolve("broker-" + id).toAbsolutePath().toString());
        if (count > 1) {
            settings.put(BrokerSettings.DEFAULT_REPLICATION_FACTOR.name(), Integer.toString(replicas()));
            settings.put(BrokerSettings.MIN_INSYNC_REPLICAS.name(), Integer.toString(replicas() > 2 ? 2 : 1));
        }
        if (count > 1 && heapBytes < Long.MAX_VALUE) {
            settings.putAll(memory());
        }
        settings.putAll(given);
        return settings;
    }

    /** Of topics that are created without saying how many. */
    private int replicas() {
        return Math.min(count, MOST_REPLICAS);
    }

    private Map<String, String> memory() {
        Setting<Long> dedupe = BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE;
        long keys = Math.min(dedupe.parse(dedupe.defaultText()), heapBytes / KEYS_SHARE);
        return Map.of(
                BrokerSettings.QUEUED_MAX_REQUEST_BYTES.name(),
                Long.toString(heapBytes / REQUESTS_SHARE / count),
                BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE.name(),
                Long.toString(Math.max(keys / count, FEWEST_KEYS_BYTES)));
    }

    private static int portOf(int first, int id) {
        return first > 0 ? first + id - 1 : first;
    }

    /** As {@link #settings}, checked. */
    BrokerConfig config(int id, Path directory, String zooKeeper) {
        return BrokerConfig.of(settings(id, directory, zooKeeper));
    }
}
