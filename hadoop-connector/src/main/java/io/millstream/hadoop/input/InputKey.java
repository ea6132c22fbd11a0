package io.millstream.hadoop.input;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** The keys of {@code millstream.input.*}: every one there is, and what it means. */
public enum InputKey {
    BOOTSTRAP("bootstrap", null, "`host:port,...` of some brokers; the others are found through them. Required"),
    TOPICS("topics", null, "names of topics, separated by commas"),
    TOPICS_REGEX("topics.regex", null, "a regular expression for whole names of further topics"),
    TOPICS_EXCLUDE(
            "topics.exclude", null, "a regular expression for whole names of topics to leave out, even if named"),
    OFFSETS(
            "offsets",
            null,
            "explicit ranges `topic:partition:from:to`, `to` exclusive, separated by commas " + "or white space"),
    OFFSETS_FILE("offsets.file", null, "a file of any Hadoop file system with explicit ranges as in `offsets`"),
    FROM("from", null, "start of a time window, inclusive: ISO-8601 (`2026-11-22T07:00Z`) or ms since " + "the epoch"),
    TO("to", "open", "end of the time window, exclusive, in the same forms"),
    GROUP(
            "group",
            null,
            "a consumer group: read what it has not committed. Reading commits nothing; " + "`commitOnSuccess` does"),
    START(
            "start",
            "earliest",
            "where a group begins in a topic of which it has committed nothing: `earliest` "
                    + "or `latest`. New partitions of a topic it knows are always read from their "
                    + "start"),
    ZOOKEEPER(
            "zookeeper",
            null,
            "ZooKeeper's connect string, where a group's offsets and Avro schemas are. " + "Tasks never connect to it"),
    SPLIT_BYTES("split.bytes", "268435456", "bytes wanted for each split"),
    SPLIT_MAX("split.max", "10000", "most splits; they get larger instead"),
    RECORD_BYTES("record.bytes", "500", "bytes to assume for a record where brokers do not tell sizes (Apache Kafka)"),
    TIMEOUT(
            "timeout.ms",
            "60000",
            "how long brokers may be silent or leaderless, retries included, before " + "planning or a task fails"),
    AVRO_READER(
            "avro.reader",
            "latest",
            "which schema Avro values get: `latest`, the newest of subject `<topic>-value` "
                    + "at planning; `writer`, each the one it was written with; or `topic:id,...`, "
                    + "and the newest for topics that are not in the list"),
    AVRO_CLASSES(
            "avro.classes",
            null,
            "`topic:class,...`: generated classes of Avro values, for " + "`SpecificTopicInputFormat`"),
    DECODER("decoder", null, "the `ValueDecoder` of `DecodedTopicInputFormat`"),
    AVRO_SCHEMAS("avro.schemas", null, "set by planning: all schemas there were then, by id"),
    AVRO_PINNED("avro.pinned", null, "set by planning: `topic:id,...`, the schema that each topic's values get"),
    COMMIT("commit", "false", "set by `commitOnSuccess`: whether the group's offsets advance with the job"),
    COMMIT_OUTPUT("commit.output.format", null, "set by `commitOnSuccess`: the job's own output format"),
    PLANNED(
            "planned.offsets",
            null,
            "set by planning: the file with the offsets to commit. Set it yourself where a "
                    + "job has no staging folder (Spark)"),
    TOPIC_IDS("topic.ids", null, "set by `resolved`: `topic:id,...`, which topics of these names are meant");

    /** What all keys begin with. */
    public static final String PREFIX = "millstream.input.";

    private final String key;
    private final String otherwise;
    private final String meaning;

    InputKey(String name, String otherwise, String meaning) {
        this.key = PREFIX + name;
        this.otherwise = otherwise;
        this.meaning = meaning;
    }

    /** What it is for, as the documents say it. */
    public String meaning() {
        return meaning;
    }

    /** What holds where it is not set; empty if that is nothing. */
    public Optional<String> otherwise() {
        return Optional.ofNullable(otherwise);
    }

    /** The whole key. */
    public String key() {
        return key;
    }

    /** The trimmed value; empty if it is not set, or blank. */
    Optional<String> in(Configuration conf) {
        return Optional.ofNullable(conf.getTrimmed(key)).filter(value -> !value.isEmpty());
    }

    /** As {@link #list}, of the value; nothing if it is not set. */
    List<String> listIn(Configuration conf) {
        return list(in(conf).orElse(""));
    }

    /** What commas or white space separate, none of it empty. */
    static List<String> list(String text) {
        return Stream.of(text.split("[,\\s]+", -1))
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** @throws InputException if a key of ours is set that does not exist; it suggests the nearest one */
    static void ensureAllKnown(Configuration conf) throws InputException {
        for (String key : conf.getPropsWithPrefix(PREFIX).keySet()) {
            String whole = PREFIX + key;
            if (Arrays.stream(values()).noneMatch(known -> known.key.equals(whole))) {
                String meant = nearest(
                        whole, Arrays.stream(values()).map(InputKey::key).toList());
                throw new InputException("There is no setting " + whole + "; did you mean " + meant + "?");
            }
        }
    }

    /** Which of {@code known}, not empty, is most like {@code key}. */
    public static String nearest(String key, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(each -> distance(key, each)))
                .orElseThrow();
    }

    /** Letters to change, add or take away (Levenshtein). */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
