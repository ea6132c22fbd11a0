package io.millstream.client;

import io.millstream.core.TopicName;
import io.millstream.record.Header;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A record to be sent.
 *
 * @param topic where to
 * @param partition which partition; empty to let the key decide
 * @param timestamp in ms since the epoch; empty for now
 * @param key the bytes, or null; not changed by the caller any more
 * @param value the bytes, or null for a tombstone; not changed by the caller any more
 * @param headers never null
 */
public record Outgoing(
        TopicName topic,
        OptionalInt partition,
        OptionalLong timestamp,
        byte[] key,
        byte[] value,
        List<Header> headers) {

    public Outgoing {
        Objects.requireNonNull(topic, "topic");
        headers = List.copyOf(headers);
    }

    /** A record whose key decides the partition, stamped with the time it is sent. */
    public static Outgoing of(TopicName topic, byte[] key, byte[] value) {
        return new Outgoing(topic, OptionalInt.empty(), OptionalLong.empty(), key, value, List.of());
    }

    /** The same for a partition given. */
    public Outgoing to(int number) {
        return new Outgoing(topic, OptionalInt.of(number), timestamp, key, value, headers);
    }

    /** The same with a timestamp in ms since the epoch. */
    public Outgoing at(long millis) {
        return new Outgoing(topic, partition, OptionalLong.of(millis), key, value, headers);
    }
}
