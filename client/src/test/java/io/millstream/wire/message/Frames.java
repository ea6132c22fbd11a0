package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/** Whole frames without their length: a header and a body, read the way a server and a client read them. */
final class Frames {

    private Frames() {}

    static byte[] write(Message kind, Record body) {
        ByteBuf buffer = Unpooled.buffer();
        Writer out = new Writer(buffer, (short) 0, false);
        ApiKey key = kind.key();
        if (kind.direction() == Direction.REQUEST) {
            RequestHeader header = new RequestHeader(key.id(), kind.version(), 7, "client");
            ApiMessages.writeRequest(out, header, (RequestBody) body);
        } else {
            Writer behindHeader = new ResponseHeader(7).write(out, key, kind.version());
            ApiMessages.writeResponse(behindHeader, (ResponseBody) body);
        }
        return Message.assemble(buffer, out);
    }

    /** Reads what a peer claims to be such a message; nothing if it is a request that is not spoken. */
    static Optional<Record> read(Message kind, ByteBuf frame) {
        Reader in = new Reader(frame, (short) 0, false);
        if (kind.direction() == Direction.RESPONSE) {
            ResponseHeader.read(in, kind.key(), kind.version());
            Reader body = ResponseHeader.body(in, kind.key(), kind.version());
            return Optional.of((Record) ApiMessages.readResponse(kind.key(), body));
        }
        RequestHeader header = RequestHeader.read(in);
        return ApiKey.of(header.apiKey())
                .filter(key -> key.speaks(header.version()))
                .map(key -> (Record) ApiMessages.readRequest(key, header.body(in, key)));
    }
}
