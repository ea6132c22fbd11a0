package io.millstream.wire;

import io.netty.util.ReferenceCounted;

/**
 * Record bytes inside a message, carried without copying: a slice of memory, or a region of a file.
 *
 * <p>Whoever puts a payload into a message gives it away; {@link #outbound} is called at most once.
 */
public interface Payload {

    /** Exact length in bytes. */
    int sizeInBytes();

    /** A {@code ByteBuf} or a {@code FileRegion} with exactly {@link #sizeInBytes} bytes, for Netty to write and release. */
    ReferenceCounted outbound();

    /** Gives up a payload that is not going to be sent; null is allowed. */
    static void release(Payload payload) {
        if (payload != null) {
            payload.outbound().release();
        }
    }
}
