package io.millstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Memory of large frames that was given back, for later ones of any connection of a client: what is kept does not grow
 * with the number of brokers. Safe for use by several threads.
 */
final class FrameMemory {

    /** Smaller frames are as well made anew. */
    static final int SMALLEST_BYTES = 1024 * 1024;

    /** One that is read into, one that is unpacked and one that is walked through. */
    static final int KEPT = 3;

    private final BlockingQueue<byte[]> memory = new ArrayBlockingQueue<>(KEPT);

    /** An empty buffer on the heap that {@code length} bytes fit into, not reference counted. */
    ByteBuf take(int length) {
        byte[] used = memory.poll();
        boolean fits = used != null && used.length >= length;
        int pieces = (length - 1) / SMALLEST_BYTES + 1; // so that one a little longer fits next time
        return Unpooled.wrappedBuffer(fits ? used : new byte[pieces * SMALLEST_BYTES])
                .clear();
    }

    /**
     * Takes back what a frame lay in, if it is worth it.
     *
     * @param part anything of the frame; nobody may look at the frame after this, nor give it back again
     */
    void giveBack(ByteBuf part) {
        if (part.hasArray()
                && part.array().length >= SMALLEST_BYTES
                && part.array().length <= FrameReader.TRUSTED_BYTES) {
            var unused = memory.offer(part.array());
        }
    }
}
