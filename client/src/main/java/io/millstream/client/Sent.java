package io.millstream.client;

import io.millstream.core.TopicPartition;

/**
 * A record that the cluster has acknowledged.
 *
 * @param offset its place; {@link #UNKNOWN_OFFSET} if a retry found it stored and the broker no longer knew where
 * @param timestamp in ms since the epoch, as stored
 */
public record Sent(TopicPartition partition, long offset, long timestamp) {

    /** Stored once, but where is not known. */
    public static final long UNKNOWN_OFFSET = -1;
}
