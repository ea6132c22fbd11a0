package io.millstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Lets all connections of one event loop read into the same memory, since {@link FrameReader} copies what came before anything
 * else is read. Memory of each loop's own, by a pool, would be made anew for each client.
 */
final class SlabReads extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final int BYTES = 64 * 1024;

    private final ByteBuf slab = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(BYTES));

    @Override
    public MaxMessageHandle newHandle() {
        return new Handle();
    }

    private final class Handle extends MaxMessageHandle {

        @Override
        public ByteBuf allocate(ByteBufAllocator ignored) {
            return slab.clear().retain();
        }

        @Override
        public int guess() {
            return BYTES;
        }
    }
}
