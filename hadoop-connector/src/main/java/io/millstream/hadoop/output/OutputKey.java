package io.millstream.hadoop.output;

import io.millstream.hadoop.input.InputKey;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The configuration keys of {@link TopicOutputFormat}. */
public enum OutputKey {
    /** The topics that the job may write to, separated by commas. They must exist when the job is submitted. */
    TOPICS("topics"),
    /** ZooKeeper's connect string. Only who submits the job and who commits it connect, no task. */
    ZOOKEEPER("zookeeper"),
    /** The folder below which jobs stage what they write; default {@code .millstream-output} in the user's home. */
    STAGING("staging"),
    /** How batches are compressed: none (the default), gzip, snappy, lz4, zstd. */
    COMPRESSION("compression.type"),
    /** Records of one partition go together up to this size before compression, in bytes; default 262,144. */
    BATCH_BYTES("batch.bytes", 256 << 10, 1, 64 << 20),
    /** Larger records fail the task, in bytes; default 1,000,000. Keep it below the topics' {@code max.message.bytes}. */
    MAX_RECORD_BYTES("max.record.bytes", 1_000_000, 1, 64 << 20),
    /** What the batches that a task has begun may take, in bytes; default 33,554,432. */
    BUFFER_BYTES("buffer.bytes", 32 << 20, 1, Integer.MAX_VALUE),
    /** What may be sent and not acknowledged yet, in bytes; default 33,554,432. */
    IN_FLIGHT_BYTES("in.flight.bytes", 32 << 20, 1, Integer.MAX_VALUE),
    /** Largest request that commits offsets with a decision; default half of {@code jute.maxbuffer}. Others follow. */
    COMMIT_MAX_BYTES("commit.max.bytes", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
    /** Within which a batch must be acknowledged, retries included, in ms; default 120,000. */
    TIMEOUT("timeout.ms", 120_000, 1, Integer.MAX_VALUE),
    /** Followed by a subject, {@code <topic>-key} or {@code <topic>-value}: the Avro schema of what is written there. */
    AVRO_SCHEMA("avro.schema."),
    /** Set at submission: what tells this job's publication from every other one's. */
    PLAN_ID("plan.id"),
    /** Set at submission: the staging folder, with its scheme. */
    PLAN_STAGING("plan.staging"),
    /** Set at submission: {@code topic:id:partitions:keyed,...}. */
    PLAN_TOPICS("plan.topics"),
    /** Set at submission, followed by a subject: the id under which its schema is registered. */
    PLAN_SCHEMA_ID("plan.schema.id.");

    /** What all keys begin with. */
    public static final String PREFIX = "millstream.output.";

    private final String key;
    private final long standard;
    private final long least;
    private final long most;

    OutputKey(String name) {
        this(name, 0, 0, 0);
    }

    OutputKey(String name, long standard, long least, long most) {
        this.key = PREFIX + name;
        this.standard = standard;
        this.least = least;
        this.most = most;
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
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new OutputException(key + " is '" + text + "', which is not a number", e);
        }
        throw new OutputException(key + "=" + text + " is not within " + least + " to " + most);
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
