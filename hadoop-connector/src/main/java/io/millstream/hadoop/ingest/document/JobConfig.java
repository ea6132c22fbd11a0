package io.millstream.hadoop.ingest.document;

import java.util.Optional;

/**
 * {@code /ingest/<job>/config}: what a job's first run fixed for ever, because offsets and files would not belong together
 * any more if it changed.
 *
 * @param to the target, a qualified URI
 * @param topics the topics' pattern as the user gave it
 * @param time {@link #RECORD_TIME} or the name of an Avro field
 */
public record JobConfig(String to, String topics, String time) {

    /** Records go to the hour of their own timestamp. */
    public static final String RECORD_TIME = "record";

    /** What a run with {@code asked} would change; empty if nothing. */
    public Optional<String> difference(JobConfig asked) {
        if (!to.equals(asked.to)) {
            return Optional.of("target " + to + ", not " + asked.to);
        }
        if (!topics.equals(asked.topics)) {
            return Optional.of("topics '" + topics + "', not '" + asked.topics + "'");
        }
        if (!time.equals(asked.time)) {
            return Optional.of("hours by " + time + ", not by " + asked.time);
        }
        return Optional.empty();
    }
}
