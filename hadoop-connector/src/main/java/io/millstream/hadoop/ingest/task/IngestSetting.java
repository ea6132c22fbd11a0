package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.JobConfig;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/** The configuration keys of the ingest job, with their defaults. Every option of the command has one. */
public enum IngestSetting {
    /** Names and regular expressions of topics, separated by commas. */
    TOPICS("topics", ""),
    /** Which of these to leave out, written in the same way. */
    TOPICS_EXCLUDE("topics.exclude", ""),
    /** The target, a path or URI. */
    TO("to", ""),
    /** The job's name. */
    JOB("job", ""),
    /** Brokers to read from, {@code host:port,...}; without it those registered in ZooKeeper. */
    BOOTSTRAP("bootstrap", ""),
    /** ZooKeeper's connect string. */
    ZOOKEEPER("zookeeper", ""),
    /** Where a partition without a committed offset begins: earliest or latest. */
    START("start", "earliest"),
    /** What decides a record's hour: its own timestamp ({@code record}), or this field of its value. */
    TIME_FIELD("time.field", JobConfig.RECORD_TIME),
    /** How many undecodable records a run may set aside before it fails. */
    QUARANTINE_MAX_RECORDS("quarantine.max.records", "1000", 0, Long.MAX_VALUE),
    /** URI schemes, beside file and hdfs, whose file systems rename atomically without overwriting. */
    ATOMIC_RENAME_SCHEMES("atomic.rename.schemes", ""),
    /** How many files a task may have open. */
    OPEN_FILES_MAX("open.files.max", "32", 1, Integer.MAX_VALUE),
    /** How many bytes of open files a task may hold in memory. */
    BUFFER_MAX_BYTES("buffer.max.bytes", Integer.toString(256 * 1024 * 1024), 1, Long.MAX_VALUE),
    /** Length at which a file is ended and another begun, in bytes. */
    FILE_TARGET_BYTES("file.target.bytes", Integer.toString(512 * 1024 * 1024), 1, Long.MAX_VALUE),
    /** Largest commit request; 0 for half of {@code jute.maxbuffer}. What does not fit follows in further requests. */
    COMMIT_MAX_BYTES("commit.max.bytes", "0", 0, Long.MAX_VALUE),
    /** Set by the driver: where the tasks find the plan. */
    PLAN("plan", ""),
    /** Set by the driver: where the tasks work. */
    STAGING("staging", "");

    /** What all keys begin with. */
    public static final String PREFIX = "millstream.ingest.";

    private final String key;
    private final String standard;
    private final boolean number;
    private final long least;
    private final long most;

    IngestSetting(String name, String standard) {
        this.key = PREFIX + name;
        this.standard = standard;
        this.number = false;
        this.least = 0;
        this.most = 0;
    }

    /** A whole number from {@code least} to {@code most}. */
    IngestSetting(String name, String standard, long least, long most) {
        this.key = PREFIX + name;
        this.standard = standard;
        this.number = true;
        this.least = least;
        this.most = most;
    }

    public String key() {
        return key;
    }

    /** The value in {@code conf}, or the default. */
    public String in(Configuration conf) {
        return conf.getTrimmed(key, standard);
    }

    /**
     * The value as a number.
     *
     * @throws IngestException if it is none, or out of bounds
     */
    public long numberIn(Configuration conf) {
        String text = in(conf);
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw new IngestException(key + " is '" + text + "', which is not a whole number below 2^63", notANumber);
        }
        if (value < least) {
            throw new IngestException(key + " is " + text + "; it must be at least " + least);
        }
        if (value > most) {
            throw new IngestException(key + " is " + text + "; it must be at most " + most);
        }
        return value;
    }

    /**
     * Looks at all numbers, also those that only tasks use: what makes no sense is said before a job is begun.
     *
     * @throws IngestException as {@link #numberIn}
     */
    public static void ensureNumbersAreSound(Configuration conf) {
        for (IngestSetting setting : values()) {
            if (setting.number) {
                setting.numberIn(conf);
            }
        }
    }

    /** The value as a list separated by commas, in lower case. */
    public Set<String> setIn(Configuration conf) {
        return Arrays.stream(in(conf).split(","))
                .map(part -> part.trim().toLowerCase(Locale.ROOT))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
