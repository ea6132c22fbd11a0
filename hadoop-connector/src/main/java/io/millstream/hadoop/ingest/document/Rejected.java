package io.millstream.hadoop.ingest.document;

/**
 * A record that could not be decoded.
 *
 * @param topic the topic's name
 * @param partition its partition
 * @param offset its offset
 * @param reason what is wrong with it
 */
public record Rejected(String topic, int partition, long offset, String reason) {

    @Override
    public String toString() {
        return topic + "-" + partition + " offset " + offset + ": " + reason;
    }
}
