package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import java.util.UUID;

/**
 * A topic as it was when the job was submitted: all attempts of a task see the same.
 *
 * @param id differs when a topic of this name is deleted and made anew
 * @param partitions how many it had
 * @param keyed whether it takes no record without a key, because it is compacted
 */
record OutputTopic(TopicName name, UUID id, int partitions, boolean keyed) {

    private static final int FIELDS = 4;

    /** As it stands in the configuration. */
    String text() {
        return name + ":" + id + ":" + partitions + ":" + keyed;
    }

    static OutputTopic parse(String text) throws OutputException {
        String[] fields = text.split(":", -1);
        try {
            if (fields.length == FIELDS) {
                return new OutputTopic(
                        new TopicName(fields[0]),
                        UUID.fromString(fields[1]),
                        Integer.parseInt(fields[2]),
                        Boolean.parseBoolean(fields[3]));
            }
        } catch (IllegalArgumentException e) {
            throw unreadable(text, e);
        }
        throw unreadable(text, null);
    }

    private static OutputException unreadable(String text, Exception cause) {
        return new OutputException(
                OutputKey.PLAN_TOPICS.key() + " has '" + text + "', which submission did not write: do not set it",
                cause);
    }
}
