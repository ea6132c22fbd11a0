package io.millstream.broker.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a consumer wants to read, from the metadata that it joins with: {@code version int16, topics [string]} and more that
 * is of no interest here (the embedded protocol of Kafka's consumers, all versions).
 */
final class Subscription {

    /** The type of group whose members' metadata look like this. */
    static final String PROTOCOL_TYPE = "consumer";

    private Subscription() {}

    /** The topics; empty if the metadata is something else. */
    static Optional<Set<String>> topics(byte[] metadata) {
        ByteBuffer in = ByteBuffer.wrap(metadata);
        if (in.remaining() < Short.BYTES + Integer.BYTES || in.getShort() < 0) {
            return Optional.empty();
        }
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Short.BYTES) {
            return Optional.empty();
        }
        Set<String> topics = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int length = in.remaining() < Short.BYTES ? -1 : in.getShort();
            if (length < 0 || length > in.remaining()) {
                return Optional.empty();
            }
            byte[] name = new byte[length];
            in.get(name);
            topics.add(new String(name, StandardCharsets.UTF_8));
        }
        return Optional.of(topics);
    }
}
