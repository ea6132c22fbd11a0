package io.millstream.hadoop.input;

import io.millstream.client.ClientSettings;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import io.millstream.net.ConnectionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A job's {@code millstream.input.*}, checked.
 *
 * @param bootstrap some brokers, not empty
 * @param topics chosen by name; empty if the range names its partitions
 * @param splitBytes wanted for each split
 * @param maxSplits most splits
 * @param recordBytes assumed for a record where sizes are not known
 * @param timeout within which brokers must answer
 * @param topicIds which topics of these names are meant, as far as that is settled
 */
record InputSettings(
        List<BrokerEndpoint> bootstrap,
        TopicFilter topics,
        RangeChoice range,
        long splitBytes,
        int maxSplits,
        long recordBytes,
        Duration timeout,
        Map<TopicName, UUID> topicIds) {

    /** More than a plan of a hundred thousand partitions; a larger file is another kind of file. */
    private static final int OFFSETS_FILE_BYTES = 64 << 20;

    /** @throws InputException naming the key that is missing, unknown, or has a value that cannot be used */
    static InputSettings of(Configuration conf) throws IOException {
        InputKey.ensureAllKnown(conf);
        TopicFilter topics = topics(conf);
        RangeChoice range = range(conf);
        boolean explicit = range instanceof RangeChoice.Explicit;
        boolean named = !topics.names().isEmpty() || topics.pattern().isPresent();
        if (explicit && (named || topics.exclude().isPresent())) {
            throw new InputException("Explicit offsets name their topics: set either " + InputKey.OFFSETS.key()
                    + " (or its file) or " + InputKey.TOPICS.key() + ", not both");
        }
        if (!explicit && !named) {
            throw new InputException("No topics: set " + InputKey.TOPICS.key() + " or " + InputKey.TOPICS_REGEX.key());
        }
        return new InputSettings(
                bootstrap(conf),
                topics,
                range,
                positive(conf, InputKey.SPLIT_BYTES, Long.MAX_VALUE),
                (int) positive(conf, InputKey.SPLIT_MAX, Integer.MAX_VALUE),
                positive(conf, InputKey.RECORD_BYTES, Integer.MAX_VALUE),
                timeout(conf),
                topicIds(conf));
    }

    private static Map<TopicName, UUID> topicIds(Configuration conf) throws InputException {
        Map<TopicName, UUID> ids = new HashMap<>();
        for (String each : InputKey.TOPIC_IDS.listIn(conf)) {
            int colon = Math.max(0, each.indexOf(':'));
            try {
                ids.put(new TopicName(each.substring(0, colon)), UUID.fromString(each.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
                throw bad(InputKey.TOPIC_IDS, each, e);
            }
        }
        return Map.copyOf(ids);
    }

    /** The only settings that a task needs. */
    static List<BrokerEndpoint> bootstrap(Configuration conf) throws InputException {
        String text = InputKey.BOOTSTRAP
                .in(conf)
                .orElseThrow(
                        () -> new InputException("No brokers: set " + InputKey.BOOTSTRAP.key() + " to HOST:PORT,..."));
        List<BrokerEndpoint> endpoints = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            try {
                endpoints.add(BrokerEndpoint.parse(each.strip()));
            } catch (IllegalArgumentException e) {
                throw bad(InputKey.BOOTSTRAP, text, e);
            }
        }
        return List.copyOf(endpoints);
    }

    /** Whether the group's offsets advance when the job succeeds. */
    static boolean commits(Configuration conf) {
        return conf.getBoolean(InputKey.COMMIT.key(), false);
    }

    /**
     * Refuses topics that names, pattern and exclusion do not choose. Where offsets are named none is refused: a topic that has
     * nothing to be read is not among them.
     *
     * @param key has something for each of the topics
     * @throws InputException naming the first
     */
    static void ensureMayRead(Configuration conf, InputKey key, Collection<String> topics) throws InputException {
        TopicFilter chosen = topics(conf);
        boolean explicit = chosen.names().isEmpty() && chosen.pattern().isEmpty();
        for (String topic : topics) {
            if (!explicit && !chosen.mayChoose(topic)) {
                throw new InputException(key.key() + " has topic " + topic + ", which the job does not read");
            }
        }
    }

    static Duration timeout(Configuration conf) throws InputException {
        return Duration.ofMillis(positive(conf, InputKey.TIMEOUT, Integer.MAX_VALUE));
    }

    private static TopicFilter topics(Configuration conf) throws InputException {
        SortedSet<TopicName> names = new TreeSet<>();
        for (String each : InputKey.TOPICS.listIn(conf)) {
            try {
                names.add(new TopicName(each));
            } catch (IllegalArgumentException e) {
                throw bad(InputKey.TOPICS, each, e);
            }
        }
        return new TopicFilter(names, pattern(conf, InputKey.TOPICS_REGEX), pattern(conf, InputKey.TOPICS_EXCLUDE));
    }

    /** What driver and tasks ask brokers with: no single request may take longer than all its retries together. */
    static ClientSettings client(String clientId, Duration timeout) {
        ConnectionSettings connection = ConnectionSettings.defaults(clientId);
        Duration request = connection.requestTimeout().compareTo(timeout) < 0 ? connection.requestTimeout() : timeout;
        return ClientSettings.defaults(clientId)
                .withTimeout(timeout)
                .withConnection(connection.withRequestTimeout(request));
    }

    private static Optional<Pattern> pattern(Configuration conf, InputKey key) throws InputException {
        Optional<String> text = key.in(conf);
        try {
            return text.map(Pattern::compile);
        } catch (PatternSyntaxException e) {
            throw bad(key, text.orElseThrow(), e);
        }
    }

    private static RangeChoice range(Configuration conf) throws IOException {
        Optional<String> window = InputKey.FROM.in(conf).or(() -> InputKey.TO.in(conf));
        List<InputKey> chosen = new ArrayList<>();
        for (InputKey key : List.of(InputKey.OFFSETS, InputKey.OFFSETS_FILE, InputKey.GROUP)) {
            key.in(conf).ifPresent(value -> chosen.add(key));
        }
        window.ifPresent(value -> chosen.add(InputKey.FROM));
        if (chosen.size() > 1) {
            throw new InputException("Two ranges at once: set either "
                    + chosen.get(0).key() + " or " + chosen.get(1).key() + ", not both");
        }
        if (chosen.isEmpty()) {
            return new RangeChoice.AllRetained();
        }
        return switch (chosen.get(0)) {
            case OFFSETS -> explicit(InputKey.OFFSETS, InputKey.OFFSETS.in(conf).orElseThrow());
            case OFFSETS_FILE -> explicit(InputKey.OFFSETS_FILE, readFile(conf));
            case GROUP -> sinceCommitted(conf);
            default -> window(conf);
        };
    }

    private static RangeChoice explicit(InputKey key, String text) throws InputException {
        List<OffsetRange> ranges;
        try {
            ranges = new ArrayList<>(OffsetRange.parseAll(text));
        } catch (IllegalArgumentException e) {
            throw bad(key, "a range", e);
        }
        ranges.sort(null);
        for (int i = 1; i < ranges.size(); i++) {
            OffsetRange one = ranges.get(i - 1);
            OffsetRange next = ranges.get(i);
            if (one.partition().equals(next.partition()) && next.from() < one.to()) {
                throw new InputException(key.key() + " has offsets twice: " + one + " and " + next);
            }
        }
        return new RangeChoice.Explicit(List.copyOf(ranges));
    }

    private static String readFile(Configuration conf) throws IOException {
        Path file = new Path(InputKey.OFFSETS_FILE.in(conf).orElseThrow());
        try (InputStream in = file.getFileSystem(conf).open(file)) {
            byte[] bytes = in.readNBytes(OFFSETS_FILE_BYTES + 1);
            if (bytes.length > OFFSETS_FILE_BYTES) {
                throw new InputException(file + " is larger than " + OFFSETS_FILE_BYTES
                        + " bytes; it should have lines TOPIC:PARTITION:FROM:TO");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static RangeChoice sinceCommitted(Configuration conf) throws InputException {
        String zooKeeper = InputKey.ZOOKEEPER
                .in(conf)
                .orElseThrow(() -> new InputException(
                        InputKey.GROUP.key() + " needs " + InputKey.ZOOKEEPER.key() + ", where committed offsets are"));
        return new RangeChoice.SinceCommitted(InputKey.GROUP.in(conf).orElseThrow(), zooKeeper, start(conf));
    }

    private static RangeChoice.Start start(Configuration conf) throws InputException {
        String text = InputKey.START.in(conf).or(InputKey.START::otherwise).orElseThrow();
        return switch (text) {
            case "earliest" -> RangeChoice.Start.EARLIEST;
            case "latest" -> RangeChoice.Start.LATEST;
            default -> throw new InputException(InputKey.START.key() + "=" + text + "; it may be earliest or latest");
        };
    }

    private static RangeChoice window(Configuration conf) throws InputException {
        long from = time(conf, InputKey.FROM)
                .orElseThrow(() -> new InputException(InputKey.TO.key() + " needs " + InputKey.FROM.key()));
        long to = time(conf, InputKey.TO).orElse(RangeChoice.Window.OPEN);
        if (to <= from) {
            throw new InputException("The time window ends (" + InputKey.TO.key() + ") before it begins");
        }
        return new RangeChoice.Window(from, to);
    }

    private static Optional<Long> time(Configuration conf, InputKey key) throws InputException {
        Optional<String> text = key.in(conf);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            boolean number = text.get().chars().allMatch(Character::isDigit);
            long millis = number ? Long.parseLong(text.get()) : iso(text.get()).toEpochMilli();
            if (millis < 0) { // which would mean something else to brokers
                throw new DateTimeException("it is before 1970");
            }
            return Optional.of(millis);
        } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
            throw bad(key, text.get(), e);
        }
    }

    private static Instant iso(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static long positive(Configuration conf, InputKey key, long most) throws InputException {
        String text = key.in(conf).or(key::otherwise).orElseThrow();
        try {
            long value = Long.parseLong(text);
            if (value < 1 || value > most) {
                throw new InputException(key.key() + "=" + value + " is not within 1 to " + most);
            }
            return value;
        } catch (NumberFormatException e) {
            throw bad(key, text, e);
        }
    }

    private static InputException bad(InputKey key, String value, Exception cause) {
        String why = cause.getMessage().lines().findFirst().orElse(""); // a pattern's has a picture below
        return new InputException(key.key() + ": cannot use '" + value + "': " + why, cause);
    }
}
