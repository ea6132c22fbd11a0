package io.millstream.wire;

import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What consumers put into the metadata with which they join a group: a version, the topics subscribed to, and then what
 * only assignors read. Every version begins so, and nothing behind the topics is looked at.
 *
 * <p>Members are free to send anything. So this is for groups whose protocol type is {@link #PROTOCOL_TYPE}, and even
 * their metadata may be something else.
 */
public final class ConsumerSubscription {

    /** The protocol type of groups of consumers. */
    public static final String PROTOCOL_TYPE = "consumer";

    private ConsumerSubscription() {}

    /**
     * The topics subscribed to; empty if the bytes are not a consumer's subscription. Takes memory in proportion to the
     * bytes.
     */
    public static Optional<Set<String>> topics(byte[] metadata) {
        Reader in = new Reader(Unpooled.wrappedBuffer(metadata), (short) 0, false);
        try {
            short version = in.int16();
            // not Set.copyOf, which takes long for names that were chosen to collide
            return version < 0 ? Optional.empty() : Optional.of(new HashSet<>(in.values(Reader::string)));
        } catch (WireException e) {
            return Optional.empty();
        }
    }
}
