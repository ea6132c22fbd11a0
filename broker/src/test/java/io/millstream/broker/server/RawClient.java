package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A socket that can misbehave: sends any bytes, or requests by our codec, and reads answers when told to. */
public final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** An answer: whose it is, and what it says. */
    public record Answer<R>(int correlationId, R body) {}

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    public static RawClient connect(int port) {
        return connect(port, 0);
    }

    /** @param receiveBuffer in bytes; 0 leaves it to the system */
    public static RawClient connect(int port, int receiveBuffer) {
        try {
            Socket socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new RawClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int localPort() {
        return socket.getLocalPort();
    }

    /** A whole request frame, length first. Payloads must be in memory. */
    public static byte[] frame(int correlationId, short version, RequestBody body) {
        ByteBuf fields = Unpooled.buffer();
        Writer writer = new Writer(fields, version, false);
        RequestHeader header = new RequestHeader(body.api().id(), version, correlationId, "raw");
        ApiMessages.writeRequest(writer, header, body);
        ByteBuf frame = Unpooled.buffer().writeInt(0);
        for (Writer.Placed placed : writer.payloads()) {
            frame.writeBytes(fields, placed.at() - fields.readerIndex());
            ByteBuf payload = (ByteBuf) placed.payload().outbound();
            frame.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
        }
        frame.writeBytes(fields);
        frame.setInt(0, frame.readableBytes() - Integer.BYTES);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }

    /** A frame that says nothing but its header. */
    public static byte[] header(int apiKey, int version, int correlationId) {
        return ByteBuffer.allocate(14)
                .putInt(10)
                .putShort((short) apiKey)
                .putShort((short) version)
                .putInt(correlationId)
                .putShort((short) -1)
                .array();
    }

    public RawClient sendBytes(byte... bytes) {
        return sendBytes(bytes, 0, bytes.length);
    }

    public RawClient sendBytes(byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public RawClient send(int correlationId, RequestBody body) {
        return sendBytes(frame(correlationId, body.api().max(), body));
    }

    /** Sends in the highest version and waits for the answer. */
    public <R extends ResponseBody> R ask(RequestBody body, Class<R> type) {
        return ask(body, body.api().max(), type);
    }

    public <R extends ResponseBody> R ask(RequestBody body, short version, Class<R> type) {
        sendBytes(frame(77, version, body));
        Answer<R> answer = receive(body.api(), version, type);
        assertThat(answer.correlationId).isEqualTo(77);
        return answer.body;
    }

    public <R extends ResponseBody> Answer<R> receive(ApiKey api, short version, Class<R> type) {
        Reader reader = new Reader(Unpooled.wrappedBuffer(receiveFrame()), version, false);
        ResponseHeader header = ResponseHeader.read(reader, api, version);
        Reader body = ResponseHeader.body(reader, api, version);
        return new Answer<>(header.correlationId(), type.cast(ApiMessages.readResponse(api, body)));
    }

    public byte[] receiveFrame() {
        try {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says that nothing more will be sent. */
    public void halfClose() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the server to hang up without an answer. */
    public void assertHungUp() {
        assertThat(readByte()).as("what the server sent instead of hanging up").isEqualTo(-1);
    }

    private int readByte() {
        try {
            return in.read();
        } catch (SocketException reset) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
