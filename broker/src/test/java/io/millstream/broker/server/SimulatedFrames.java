package io.millstream.broker.server;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Payload;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Frames as bytes, without their length: what goes over a simulated wire. Payloads are copied into it and released. */
public final class SimulatedFrames {

    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private SimulatedFrames() {}

    /** @throws IllegalArgumentException if the request cannot be said in this version; its payloads are released */
    public static byte[] request(RequestHeader header, RequestBody body) {
        ApiKey api = body.api();
        ByteBuf out = Unpooled.buffer();
        Writer writer = new Writer(out, header.version(), api.flexible(header.version()));
        try {
            ApiMessages.writeRequest(writer, header, body);
        } catch (IllegalArgumentException e) {
            body.discard();
            throw e;
        }
        return join(out, writer);
    }

    static byte[] response(ResponseHeader header, ApiKey api, short version, ResponseBody body) {
        ByteBuf out = Unpooled.buffer();
        Writer writer = new Writer(out, version, false);
        ApiMessages.writeResponse(header.write(writer, api, version), body);
        return join(out, writer);
    }

    private static byte[] join(ByteBuf out, Writer writer) {
        ByteBuf whole = Unpooled.buffer(out.readableBytes());
        for (Writer.Placed placed : writer.payloads()) {
            whole.writeBytes(out, placed.at() - out.readerIndex());
            ByteBuf payload = bytes(placed.payload());
            whole.writeBytes(payload);
            payload.release();
        }
        whole.writeBytes(out);
        byte[] bytes = new byte[whole.readableBytes()];
        whole.readBytes(bytes);
        return bytes;
    }

    /** The payload's bytes; those of a file are read as any reader of the disk does. */
    private static ByteBuf bytes(Payload payload) {
        if (payload instanceof FilePayload file) {
            try {
                return file.slice().copy(ALLOCATOR);
            } finally {
                file.slice().release();
            }
        }
        return (ByteBuf) payload.outbound();
    }
}
