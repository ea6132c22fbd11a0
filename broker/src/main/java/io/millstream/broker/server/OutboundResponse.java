package io.millstream.broker.server;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCounted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A response frame ready to go out: encoded bytes, and between them payloads (file regions) that are not copied.
 *
 * <p>Owns its bytes and payloads until {@link #writeTo} or {@link #release} takes them; exactly one of these is called.
 */
final class OutboundResponse {

    private static final int USUAL_BYTES = 256;

    private final ByteBuf bytes;
    private final List<Writer.Placed> payloads;

    private OutboundResponse(ByteBuf bytes, List<Writer.Placed> payloads) {
        this.bytes = bytes;
        this.payloads = payloads;
    }

    /**
     * Encodes a response, length and header included.
     *
     * @throws IllegalArgumentException if the frame would not fit the four bytes of its length
     */
    static OutboundResponse encode(
            ByteBufAllocator allocator, ResponseHeader header, ApiKey api, short version, ResponseBody body) {
        ByteBuf bytes = allocator.directBuffer(USUAL_BYTES);
        Writer frame = new Writer(bytes, version, false);
        OutboundResponse response = new OutboundResponse(bytes, frame.payloads());
        boolean done = false;
        try {
            frame.int32(0);
            ApiMessages.writeResponse(header.write(frame, api, version), body);
            bytes.setInt(0, response.length());
            done = true;
            return response;
        } finally {
            if (!done) {
                bytes.release();
                body.discard(); // the payloads not yet placed as well
            }
        }
    }

    private int length() {
        long length = (long) bytes.writerIndex() - Integer.BYTES;
        for (Writer.Placed placed : payloads) {
            length += placed.payload().sizeInBytes();
        }
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("A response of " + length + " bytes does not fit a frame");
        }
        return (int) length;
    }

    /** Writes everything, without flushing; {@code sent} is completed when the last byte has left. */
    void writeTo(ChannelHandlerContext context, ChannelPromise sent) {
        Iterator<ReferenceCounted> pieces = pieces().iterator();
        while (pieces.hasNext()) {
            ReferenceCounted piece = pieces.next();
            ChannelFuture unused = context.write(piece, pieces.hasNext() ? context.voidPromise() : sent);
        }
    }

    private List<ReferenceCounted> pieces() {
        List<ReferenceCounted> pieces = new ArrayList<>(2 * payloads.size() + 1);
        for (Writer.Placed placed : payloads) {
            int before = placed.at() - bytes.readerIndex();
            if (before > 0) {
                pieces.add(bytes.readRetainedSlice(before));
            }
            pieces.add(placed.payload().outbound());
        }
        if (bytes.isReadable()) {
            pieces.add(bytes);
        } else {
            bytes.release();
        }
        return pieces;
    }

    /** Lets go of everything without sending it. */
    void release() {
        bytes.release();
        for (Writer.Placed placed : payloads) {
            placed.payload().outbound().release();
        }
    }
}
