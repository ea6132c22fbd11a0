package io.millstream.broker.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Decides where a connection's next bytes are read to: into the frame that is incomplete, or else into the event
 * loop's slab, which all its connections share because between two reads nobody keeps it.
 */
final class FrameReads extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final int SLAB_BYTES = 64 * 1024;

    private static final FastThreadLocal<ByteBuf> SLAB = new FastThreadLocal<>() {
        @Override
        protected ByteBuf initialValue() {
            return newSlab();
        }

        @Override
        protected void onRemoval(ByteBuf slab) {
            slab.release();
        }
    };

    private final FrameIntake intake;

    FrameReads(FrameIntake intake) {
        this.intake = intake;
    }

    private static ByteBuf newSlab() {
        return PooledByteBufAllocator.DEFAULT.directBuffer(SLAB_BYTES, SLAB_BYTES);
    }

    private static ByteBuf slab() {
        ByteBuf slab = SLAB.get();
        if (slab.refCnt() > 1) { // somebody kept a slice
            slab.release();
            slab = newSlab();
            SLAB.set(slab);
        }
        return slab.clear();
    }

    @Override
    public MaxMessageHandle newHandle() {
        return new IntakeHandle();
    }

    private final class IntakeHandle extends MaxMessageHandle {

        @Override
        public ByteBuf allocate(ByteBufAllocator ignored) {
            ByteBuf target = intake.target();
            return (target != null ? target : slab()).retain();
        }

        @Override
        public int guess() {
            return SLAB_BYTES;
        }
    }
}
