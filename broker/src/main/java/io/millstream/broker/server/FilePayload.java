package io.millstream.broker.server;

import io.millstream.broker.log.LogSlice;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.Payload;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.ReferenceCounted;

/**
 * Records sent from their segment file without passing through this process.
 *
 * @param slice not empty; given away
 */
public record FilePayload(LogSlice slice) implements Payload {

    /** Up to this size one read and a write together with what is around it cost less than a file region. */
    private static final int COPIED_BYTES = 8 * 1024;

    /**
     * The way to send a slice that suits its size.
     *
     * @param slice given away; may be empty
     */
    public static Payload of(LogSlice slice) {
        if (slice.sizeInBytes() > COPIED_BYTES) {
            return new FilePayload(slice);
        }
        try {
            return slice.isEmpty() ? BytesPayload.EMPTY : new BytesPayload(slice.copy(PooledByteBufAllocator.DEFAULT));
        } finally {
            slice.release();
        }
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public ReferenceCounted outbound() {
        return new Region(slice);
    }

    /** A region that gives its slice back instead of closing the file. */
    private static final class Region extends DefaultFileRegion {

        private final LogSlice slice;

        private Region(LogSlice slice) {
            super(slice.channel(), slice.position(), slice.sizeInBytes());
            this.slice = slice;
        }

        @Override
        protected void deallocate() {
            slice.release();
        }
    }
}
