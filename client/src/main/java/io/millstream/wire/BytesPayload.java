package io.millstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCounted;

/**
 * Record bytes in memory.
 *
 * @param bytes the readable bytes are the payload. One that {@link Reader} returned is a slice of its frame and lives no
 *     longer than the frame; one that is sent is owned by the message.
 */
public record BytesPayload(ByteBuf bytes) implements Payload {

    /** No records. */
    public static final BytesPayload EMPTY = new BytesPayload(Unpooled.EMPTY_BUFFER);

    @Override
    public int sizeInBytes() {
        return bytes.readableBytes();
    }

    @Override
    public ReferenceCounted outbound() {
        return bytes;
    }
}
