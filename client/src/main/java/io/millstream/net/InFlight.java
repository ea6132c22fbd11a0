package io.millstream.net;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.WireException;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;

/**
 * A request that waits for its answer. Used by one event loop.
 *
 * @param timeout the timer that ends the connection
 */
record InFlight<R extends ResponseBody>(
        ApiKey api, short version, int correlationId, Class<R> type, CompletableFuture<R> answer, Future<?> timeout) {

    /**
     * Reads the answer.
     *
     * @param frame the whole response, header first
     * @throws WireException if it is not the answer to this request
     */
    R read(ByteBuf frame) {
        ResponseHeader header = ResponseHeader.read(reader(frame, version), api, version);
        if (header.correlationId() != correlationId) {
            throw new WireException("Response " + header.correlationId() + " came where " + correlationId + " was due");
        }
        short spoken = answeredInVersion0(frame) ? 0 : version;
        return type.cast(ApiMessages.readResponse(api, reader(frame, spoken)));
    }

    /** A broker that does not know our version of ApiVersions answers in version 0 (KIP-511). */
    private boolean answeredInVersion0(ByteBuf frame) {
        return api == ApiKey.API_VERSIONS
                && frame.readableBytes() >= Short.BYTES
                && frame.getShort(frame.readerIndex()) == ErrorCode.UNSUPPORTED_VERSION.code();
    }

    private Reader reader(ByteBuf frame, short asVersion) {
        return new Reader(frame, asVersion, api.flexible(asVersion));
    }

    @Override
    public String toString() {
        return api + " v" + version;
    }
}
