package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.JobConfig;
import io.millstream.hadoop.ingest.task.IngestSetting;
import org.apache.hadoop.conf.Configuration;

/**
 * What a run was asked to do.
 *
 * @param job the job's name
 * @param to the target as the user gave it
 * @param topics which topics, and which of them not
 * @param startAt where partitions without a committed offset begin
 * @param time what decides a record's hour, see {@link JobConfig#time}
 * @param quarantineMax how many undecodable records the run may have
 * @param commitMaxBytes largest commit request; 0 for half of what ZooKeeper takes
 */
record IngestOptions(
        String job,
        String to,
        TopicChoice topics,
        StartAt startAt,
        String time,
        long quarantineMax,
        long commitMaxBytes) {

    /** @throws UsageException naming what is missing or makes no sense */
    static IngestOptions of(Configuration conf) {
        String start = IngestSetting.START.in(conf);
        try {
            IngestSetting.ensureNumbersAreSound(conf);
            return new IngestOptions(
                    required(conf, IngestSetting.JOB, "--job NAME"),
                    required(conf, IngestSetting.TO, "--to URI"),
                    TopicChoice.of(
                            required(conf, IngestSetting.TOPICS, "--topics REGEX"),
                            IngestSetting.TOPICS_EXCLUDE.in(conf)),
                    StartAt.of(start)
                            .orElseThrow(
                                    () -> new UsageException("--start is '" + start + "'; it is earliest or latest")),
                    IngestSetting.TIME_FIELD.in(conf),
                    IngestSetting.QUARANTINE_MAX_RECORDS.numberIn(conf),
                    IngestSetting.COMMIT_MAX_BYTES.numberIn(conf));
        } catch (IngestException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static String required(Configuration conf, IngestSetting setting, String option) {
        String value = setting.in(conf);
        if (value.isEmpty()) {
            throw new UsageException("No " + option + " (or " + setting.key() + ")");
        }
        return value;
    }
}
