package io.millstream.broker.server;

import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts the bytes of one connection into frames: a length of four bytes, then as many bytes.
 *
 * <p>Bytes come in two ways. Between frames they are read into a shared slab, and whole frames in it are delivered as
 * slices of it. A frame that is incomplete gets a buffer of its own, which is handed to the channel as the target of
 * its next reads, so that a large frame is copied only in its first part. That buffer grows with what has really
 * arrived, so announcing a length costs a peer as much as it costs us.
 *
 * <p>Belongs to the connection's event loop.
 */
final class FrameIntake {

    /** Who gets the frames. */
    interface Sink {

        /** Takes one frame, without its length; it is released when this returns. */
        void frame(ByteBuf frame);

        /** Whether more frames are welcome now. */
        boolean ready();

        /** Called from any thread when memory that was short is there: time to {@link FrameIntake#resume}. */
        void memoryGranted();
    }

    private static final int LENGTH_BYTES = 4;
    private static final int SMALLEST_BUFFER = 4 * 1024;

    /** How much more than what has arrived is allocated for a frame that is on its way. */
    private static final int TRUST = 16;

    private final Sink sink;
    private final ByteBufAllocator allocator;
    private final int maxFrameBytes;
    private final MemoryBudget.Account memory;

    private int lengthBytesRead;
    private long framesBegun;
    private int length;
    private ByteBuf partial;
    private ByteBuf stash;
    private Need need = Need.NONE;
    private boolean closed;

    private enum Need {
        NONE,
        /** Memory has been asked for and is not there. */
        WAITING,
        /** It has been taken for us meanwhile. */
        GRANTED
    }

    FrameIntake(Sink sink, ByteBufAllocator allocator, int maxFrameBytes, MemoryBudget.Account memory) {
        this.sink = sink;
        this.allocator = allocator;
        this.maxFrameBytes = maxFrameBytes;
        this.memory = memory;
    }

    /** The buffer into which the rest of an incomplete frame is to be read, not retained; null between frames. */
    ByteBuf target() {
        return partial != null && partial.isWritable() ? partial : null;
    }

    /** Whether a frame has begun to arrive and is not complete. */
    boolean midFrame() {
        return lengthBytesRead > 0;
    }

    /** How many frames have begun so far. */
    long framesBegun() {
        return framesBegun;
    }

    /** Whether reading waits for memory that other connections hold. */
    boolean shortOfMemory() {
        return need == Need.WAITING;
    }

    /** Whether bytes that have been read wait until the sink is ready. */
    boolean stashed() {
        return stash != null;
    }

    /**
     * Takes what has been read.
     *
     * @param bytes owned by this method; the buffer from {@link #target}, or any other
     * @throws WireException if a length is out of bounds
     */
    void receive(ByteBuf bytes) {
        try {
            if (closed) {
                return;
            }
            if (same(bytes, partial)) {
                advance();
            } else if (stash != null) {
                stash(bytes);
            } else {
                cut(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    /** Says that {@link Sink#memoryGranted} has been called. */
    void granted() {
        need = Need.GRANTED;
    }

    /** Goes on with what was kept while the sink was not ready or memory was short. */
    void resume() {
        if (closed || shortOfMemory()) {
            return;
        }
        if (partial != null && !partial.isWritable()) {
            grow();
        }
        if (stash != null) {
            cutStash(stash);
        }
    }

    private void cutStash(ByteBuf bytes) {
        bytes.retain(); // a frame may close the connection, and so this
        try {
            cut(bytes);
            if (!bytes.isReadable()) {
                dropStash();
            }
        } finally {
            bytes.release();
        }
    }

    /** Releases everything; what comes later is dropped. */
    void close() {
        closed = true;
        dropPartial();
        dropStash();
    }

    private void cut(ByteBuf bytes) {
        while (bytes.isReadable() && !closed) {
            if (shortOfMemory() || !sink.ready()) {
                stash(bytes);
                return;
            }
            if (partial != null) {
                partial.writeBytes(bytes, Math.min(partial.writableBytes(), bytes.readableBytes()));
                advance();
            } else if (lengthBytesRead < LENGTH_BYTES) {
                readLength(bytes);
            } else if (bytes.readableBytes() >= length) {
                deliver(bytes.readSlice(length));
            } else {
                begin(bytes);
            }
        }
    }

    private void readLength(ByteBuf bytes) {
        if (lengthBytesRead == 0) {
            framesBegun++;
        }
        while (lengthBytesRead < LENGTH_BYTES && bytes.isReadable()) {
            length = (length << 8) | bytes.readUnsignedByte();
            lengthBytesRead++;
        }
        if (lengthBytesRead == LENGTH_BYTES && (length <= 0 || length > maxFrameBytes)) {
            throw new WireException("A frame of " + length + " bytes; 1 to " + maxFrameBytes
                    + " (socket.request.max.bytes) are allowed");
        }
    }

    private void begin(ByteBuf bytes) {
        int capacity = trusted(bytes.readableBytes());
        if (take(capacity)) {
            partial = allocator.directBuffer(capacity, capacity);
        }
    }

    private void advance() {
        if (partial.writerIndex() < length) {
            if (!partial.isWritable()) {
                grow();
            }
            return;
        }
        ByteBuf frame = partial;
        partial = null;
        try {
            deliver(frame);
        } finally {
            frame.release();
            memory.giveBack();
        }
    }

    private void grow() {
        int capacity = trusted(partial.capacity());
        if (take(capacity - partial.capacity())) {
            ByteBuf larger = allocator.directBuffer(capacity, capacity);
            larger.writeBytes(partial);
            partial.release();
            partial = larger;
        }
    }

    private int trusted(int arrived) {
        return (int) Math.min(length, Math.max(SMALLEST_BUFFER, (long) arrived * TRUST));
    }

    private boolean take(int bytes) {
        boolean taken = need == Need.GRANTED || memory.take(bytes, sink::memoryGranted);
        need = taken ? Need.NONE : Need.WAITING;
        return taken;
    }

    private void deliver(ByteBuf frame) {
        lengthBytesRead = 0;
        length = 0;
        sink.frame(frame);
    }

    private void stash(ByteBuf bytes) {
        if (same(bytes, stash)) {
            return;
        }
        if (stash == null) {
            stash = allocator.buffer(bytes.readableBytes());
        }
        stash.writeBytes(bytes);
    }

    @SuppressWarnings("ReferenceEquality") // equals would compare what is in them
    private static boolean same(ByteBuf one, ByteBuf other) {
        return one == other;
    }

    private void dropPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
        memory.giveBack();
    }

    private void dropStash() {
        if (stash != null) {
            stash.release();
            stash = null;
        }
    }
}
