package io.millstream.broker.server;

import io.millstream.broker.log.LogSlice;
import io.millstream.wire.Payload;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.ReferenceCounted;

/**
 * Records sent from their segment file without passing through this process.
 *
 * @param slice not empty; given away
 */
public record FilePayload(LogSlice slice) implements Payload {

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
