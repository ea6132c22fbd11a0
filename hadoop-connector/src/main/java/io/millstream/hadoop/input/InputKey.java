package io.millstream.hadoop.input;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The keys of {@code millstream.input.*}: every one there is, and what it means. */
public enum InputKey {
    /** {@code host:port,...} of some brokers; the others are found through them. Required. */
    BOOTSTRAP("bootstrap"),
    /** Names of topics, separated by commas. */
    TOPICS("topics"),
    /** A regular expression for whole names of further topics. */
    TOPICS_REGEX("topics.regex"),
    /** A regular expression for whole names of topics to leave out, even if named. */
    TOPICS_EXCLUDE("topics.exclude"),
    /** Explicit ranges {@code topic:partition:from:to}, {@code to} exclusive, separated by commas or white space. */
    OFFSETS("offsets"),
    /** A file of any Hadoop file system with explicit ranges as in {@code offsets}. */
    OFFSETS_FILE("offsets.file"),
    /** Start of a time window, inclusive: ISO-8601 ({@code 2026-11-22T07:00Z}) or ms since the epoch. */
    FROM("from"),
    /** End of a time window, exclusive, in the same forms; without it the window is open. */
    TO("to"),
    /**
     * A consumer group: read what it has not committed yet. Nothing is committed by reading; see
     * {@link TopicInputFormat#commitOnSuccess}.
     */
    GROUP("group"),
    /**
     * Where a group begins in a topic of which it has committed nothing: {@code earliest} (the default) or {@code latest}.
     * Partitions that are new in a topic it knows are always read from their start.
     */
    START("start"),
    /** ZooKeeper's connect string, where a group's offsets and Avro schemas are. Only the driver connects. */
    ZOOKEEPER("zookeeper"),
    /** Bytes wanted for each split; default 256 MiB. */
    SPLIT_BYTES("split.bytes"),
    /** Most splits; they get larger instead; default 10,000. */
    SPLIT_MAX("split.max"),
    /** Bytes to assume for a record where brokers do not tell sizes; default 500. */
    RECORD_BYTES("record.bytes"),
    /** Within which brokers must answer, retries included, in ms; default 60,000. */
    TIMEOUT("timeout.ms"),
    /**
     * Which schema Avro values get: {@code latest}, the newest of the subject {@code <topic>-value} when the job is planned
     * (the default), or {@code writer}, each the one it was written with.
     */
    AVRO_READER("avro.reader"),
    /** Set by planning: all schemas there were then, by id. */
    AVRO_SCHEMAS("avro.schemas"),
    /** Set by planning: {@code topic:id,...}, the schema that each topic's values get. */
    AVRO_PINNED("avro.pinned"),
    /** Set by {@link TopicInputFormat#commitOnSuccess}: {@code true} if the group's offsets advance with the job. */
    COMMIT("commit"),
    /** Set by {@link TopicInputFormat#commitOnSuccess}: the job's own output format. */
    COMMIT_OUTPUT("commit.output.format"),
    /** Set by planning: the file with the offsets to commit. Set it yourself where a job has no staging folder (Spark). */
    PLANNED("planned.offsets");

    /** What all keys begin with. */
    public static final String PREFIX = "millstream.input.";

    private final String key;

    InputKey(String name) {
        this.key = PREFIX + name;
    }

    /** The whole key. */
    public String key() {
        return key;
    }

    /** The trimmed value; empty if it is not set, or blank. */
    Optional<String> in(Configuration conf) {
        return Optional.ofNullable(conf.getTrimmed(key)).filter(value -> !value.isEmpty());
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
