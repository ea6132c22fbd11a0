package io.millstream.hadoop.output;

import io.millstream.hadoop.input.InputKey;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The keys of {@code millstream.output.*}: every one there is, and what it means. */
public enum OutputKey {
    TOPICS(
            "topics",
            "topics that the job may write to, separated by commas. They must exist when it is submitted. Required"),
    ZOOKEEPER(
            "zookeeper",
            "ZooKeeper's connect string. Who submits the job and who commits it connect, no task. Required"),
    STAGING(
            "staging",
            "`.millstream-output` in the user's home",
            "folder below which jobs stage what they write; on `file`, `hdfs`, or a scheme "
                    + "listed in `millstream.ingest.atomic.rename.schemes`"),
    COMPRESSION("compression.type", "none", "how batches are compressed: `none`, `gzip`, `snappy`, `lz4`, `zstd`"),
    BATCH_BYTES(
            "batch.bytes",
            new Bounds(256 << 10, 64 << 20),
            "records of one partition go together up to this size before compression"),
    MAX_RECORD_BYTES(
            "max.record.bytes",
            new Bounds(1_000_000, 64 << 20),
            "larger records fail the task. Keep it below the topics' `max.message.bytes`"),
    BUFFER_BYTES("buffer.bytes", new Bounds(32 << 20), "what the batches that a task has begun may take"),
    IN_FLIGHT_BYTES("in.flight.bytes", new Bounds(32 << 20), "what may be sent and not acknowledged yet"),
    TIMEOUT(
            "timeout.ms",
            new Bounds(120_000),
            "within which a batch must be acknowledged, retries included. ZooKeeper is waited for as long "
                    + "whenever it does not answer; by `millstream output list`, if this is not set, 30000"),
    COMMIT_MAX_BYTES(
            "commit.max.bytes",
            "half of `jute.maxbuffer`",
            new Bounds(Integer.MAX_VALUE),
            "largest request that commits offsets with a decision; others follow"),
    AVRO_SCHEMA("avro.schema.", "followed by a subject, `<topic>-key` or `<topic>-value`: its Avro schema, as JSON"),
    PLAN_ID("plan.id", "set at submission: what tells this job's publication from every other one's"),
    PLAN_STAGING("plan.staging", "set at submission: the staging folder, with its scheme"),
    PLAN_TOPICS("plan.topics", "set at submission: `topic:id:partitions:keyed,...`"),
    PLAN_SCHEMA_ID(
            "plan.schema.id.", "set at submission, followed by a subject: the id under which its schema is registered");

    /** What all keys begin with. */
    public static final String PREFIX = "millstream.output.";

    /** A number's default, and what it may be at most. It is at least 1. */
    private record Bounds(long standard, long most) {
        Bounds(long standard) {
            this(standard, Integer.MAX_VALUE);
        }
    }

    private final String key;
    private final String otherwise;
    private final long standard;
    private final long most;
    private final String meaning;

    OutputKey(String name, String meaning) {
        this(name, (String) null, meaning);
    }

    OutputKey(String name, String otherwise, String meaning) {
        this(name, otherwise, new Bounds(0, 0), meaning);
    }

    OutputKey(String name, Bounds bounds, String meaning) {
        this(name, Long.toString(bounds.standard), bounds, meaning);
    }

    OutputKey(String name, String otherwise, Bounds bounds, String meaning) {
        this.key = PREFIX + name;
        this.otherwise = otherwise;
        this.standard = bounds.standard;
        this.most = bounds.most;
        this.meaning = meaning;
    }

    /** What it is for, as the documents say it. */
    public String meaning() {
        return meaning;
    }

    /** What holds where it is not set, as the documents say it; empty if that is nothing. */
    public Optional<String> otherwise() {
        return Optional.ofNullable(otherwise);
    }

    /** The whole key, or what it begins with if a subject follows. */
    public String key() {
        return key;
    }

    /** The trimmed value; empty if it is not set, or blank. */
    Optional<String> in(Configuration conf) {
        return Optional.ofNullable(conf.getTrimmed(key)).filter(value -> !value.isEmpty());
    }

    /** @throws OutputException if it is not set */
    String required(Configuration conf) throws OutputException {
        return in(conf).orElseThrow(() -> new OutputException("No " + key + ": set it before the job is submitted"));
    }

    /** @throws OutputException if it is not a number within bounds */
    long number(Configuration conf) throws OutputException {
        String text = in(conf).orElse(Long.toString(standard));
        try {
            long value = Long.parseLong(text);
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new OutputException(key + " is '" + text + "', which is not a number", e);
        }
        throw new OutputException(key + "=" + text + " is not within 1 to " + most);
    }

    private boolean isPrefix() {
        return key.endsWith(".");
    }

    /** @throws OutputException if a key of ours is set that does not exist; it suggests the nearest one */
    static void ensureAllKnown(Configuration conf) throws OutputException {
        for (String rest : conf.getPropsWithPrefix(PREFIX).keySet()) {
            String whole = PREFIX + rest;
            boolean known = Arrays.stream(values())
                    .anyMatch(each -> each.isPrefix() ? whole.startsWith(each.key) : whole.equals(each.key));
            if (!known) {
                String meant = InputKey.nearest(
                        whole, Arrays.stream(values()).map(OutputKey::key).toList());
                throw new OutputException("There is no setting " + whole + "; did you mean " + meant + "?");
            }
        }
    }
}
