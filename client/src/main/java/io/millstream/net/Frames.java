package io.millstream.net;

import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** Turns requests into what is written to a socket: buffers, with payloads between them that are not copied. */
final class Frames {

    private static final int USUAL_BYTES = 512;

    private Frames() {}

    /**
     * Encodes one request frame.
     *
     * @return buffers and file regions to write in this order, each of which the one who writes it releases
     * @throws IllegalArgumentException if the request cannot be said in this version. Then, and if anything else is thrown,
     *     nothing is kept: its payloads are released
     */
    static List<Object> encode(ByteBufAllocator allocator, RequestHeader header, RequestBody body) {
        ByteBuf out = allocator.buffer(USUAL_BYTES);
        boolean done = false;
        try {
            Writer writer = new Writer(out, header.version(), body.api().flexible(header.version()));
            out.writeInt(0);
            ApiMessages.writeRequest(writer, header, body);
            out.setInt(0, length(out, writer.payloads()));
            List<Object> pieces = pieces(out, writer.payloads());
            done = true;
            return pieces;
        } finally {
            if (!done) {
                out.release(out.refCnt()); // with the pieces that have been cut from it
                body.discard();
            }
        }
    }

    private static int length(ByteBuf out, List<Writer.Placed> payloads) {
        long length = (long) out.readableBytes() - Integer.BYTES;
        for (Writer.Placed placed : payloads) {
            length += placed.payload().sizeInBytes();
        }
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("A request of " + length + " bytes");
        }
        return (int) length;
    }

    private static List<Object> pieces(ByteBuf out, List<Writer.Placed> payloads) {
        List<Object> pieces = new ArrayList<>(2 * payloads.size() + 1);
        for (Writer.Placed placed : payloads) {
            pieces.add(out.readRetainedSlice(placed.at() - out.readerIndex()));
            pieces.add(placed.payload().outbound());
        }
        pieces.add(out); // what is left, perhaps nothing; releases the whole in any case
        return pieces;
    }
}
