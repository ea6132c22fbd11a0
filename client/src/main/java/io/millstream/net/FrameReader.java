package io.millstream.net;

import io.millstream.core.Limits;
import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

/**
 * Cuts the bytes of a connection into response frames: a length of four bytes, then as many bytes. Each frame gets heap
 * memory of its own that is not reference counted, so whatever is sliced from it may be kept; who keeps nothing of a large one
 * may give its memory back to {@link FrameMemory}, for a later frame.
 *
 * <p>A length is only a claim. Up to {@value #TRUSTED_BYTES} bytes are allocated on it at once; a longer frame's memory
 * grows with the bytes that have come. Used by one event loop.
 */
final class FrameReader {

    /** How much memory a broker gets for four bytes. */
    static final int TRUSTED_BYTES = 8 * 1024 * 1024;

    /** No response is shorter: a correlation id. */
    private static final int SMALLEST = Integer.BYTES;

    private final Consumer<ByteBuf> frames;
    private final FrameMemory memory;

    private int lengthBytesSeen;
    private int length;
    private ByteBuf frame;

    /**
     * @param frames gets each whole frame, without its length
     * @param memory for large ones
     */
    FrameReader(Consumer<ByteBuf> frames, FrameMemory memory) {
        this.frames = frames;
        this.memory = memory;
    }

    /**
     * Consumes all readable bytes; does not release them.
     *
     * @throws WireException if a length is out of bounds; nothing may be read after that
     */
    void read(ByteBuf in) {
        while (in.isReadable()) {
            if (frame == null) {
                readLength(in);
            } else {
                readFrame(in);
            }
        }
    }

    private void readLength(ByteBuf in) {
        while (lengthBytesSeen < Integer.BYTES && in.isReadable()) {
            length = (length << Byte.SIZE) | (in.readByte() & 0xff);
            lengthBytesSeen++;
        }
        if (lengthBytesSeen < Integer.BYTES) {
            return;
        }
        if (length < SMALLEST || length > Limits.RESPONSE_BYTES) {
            throw new WireException("A response of " + length + " bytes; " + SMALLEST + " to " + Limits.RESPONSE_BYTES
                    + " are allowed");
        }
        frame = length >= FrameMemory.SMALLEST_BYTES && length <= TRUSTED_BYTES
                ? memory.take(length)
                : Unpooled.buffer(Math.min(length, TRUSTED_BYTES), length);
    }

    private void readFrame(ByteBuf in) {
        frame.writeBytes(in, Math.min(in.readableBytes(), length - frame.writerIndex()));
        if (frame.writerIndex() == length) {
            ByteBuf whole = frame;
            frame = null;
            length = 0;
            lengthBytesSeen = 0;
            frames.accept(whole);
        }
    }
}
