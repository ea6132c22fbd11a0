package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.millstream.wire.message.ApiVersions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A broker made of answers: real sockets, the real codec, and for each API a function from the request to what happens.
 * One thread per connection calls the function, so one that waits delays its connection only.
 */
public final class FakeBroker implements AutoCloseable {

    /** A request as it came. */
    public record Call(RequestHeader header, ApiKey api, RequestBody body) {

        /** The request as what it is. */
        public <T extends RequestBody> T as(Class<T> type) {
            return type.cast(body);
        }
    }

    /** What happens upon a request. */
    public sealed interface Reply {}

    /** A regular answer. */
    public record Answer(ResponseBody body) implements Reply {}

    /** A regular answer with another correlation id than the request had. */
    public record Misdirected(ResponseBody body, int correlationId) implements Reply {}

    /** Any bytes, in place of an answer. */
    public record Garbage(byte[] bytes) implements Reply {}

    /** The connection is closed. */
    public record HangUp() implements Reply {}

    /** Nothing, ever. */
    public record Silence() implements Reply {}

    private final ServerSocket server;
    private final Map<ApiKey, ApiVersions.Window> versions = new EnumMap<>(ApiKey.class);
    private final Map<ApiKey, Function<Call, Reply>> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Collection<Socket> sockets = new CopyOnWriteArrayList<>();

    private FakeBroker(ServerSocket server) {
        this.server = server;
        for (ApiKey api : ApiKey.values()) {
            speaking(api, api.min(), api.max());
        }
        on(
                ApiKey.API_VERSIONS,
                call -> new Answer(new ApiVersions.Response(ErrorCode.NONE, List.copyOf(versions.values()), 0)));
    }

    /** A broker on a free port that so far only says which versions it speaks: all of this client's. */
    public static FakeBroker start() {
        return start(0);
    }

    /** A broker on a port given. */
    public static FakeBroker start(int port) {
        try {
            ServerSocket server = new ServerSocket(port, 100, InetAddress.getLoopbackAddress());
            FakeBroker broker = new FakeBroker(server);
            thread("fake-broker-" + server.getLocalPort(), broker::accept);
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** What happens upon requests of an API from now on. */
    public FakeBroker on(ApiKey api, Function<Call, Reply> answer) {
        answers.put(api, answer);
        return this;
    }

    /** Claims these versions of an API. */
    public FakeBroker speaking(ApiKey api, int min, int max) {
        versions.put(api, new ApiVersions.Window(api.id(), (short) min, (short) max));
        return this;
    }

    /** Does not offer an API. */
    public FakeBroker without(ApiKey api) {
        versions.remove(api);
        return this;
    }

    /** Where it listens. */
    public BrokerEndpoint endpoint() {
        return new BrokerEndpoint(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    /** All requests so far, of all connections. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The requests of one API so far. */
    public List<Call> calls(ApiKey api) {
        return calls.stream().filter(call -> call.api() == api).toList();
    }

    /** Connections open now. */
    public int connections() {
        return sockets.size();
    }

    /** Ends all connections, and accepts new ones. */
    public void hangUp() {
        sockets.forEach(FakeBroker::close);
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                thread("fake-broker-" + server.getLocalPort() + "-" + socket.getPort(), () -> serve(socket));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            boolean on = true;
            while (on) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                on = reply(frame, socket.getOutputStream());
            }
        } catch (EOFException | SocketException closed) {
            // the client has gone, or this broker is being closed
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.remove(socket);
        }
    }

    private boolean reply(byte[] frame, OutputStream out) throws IOException {
        Reader in = new Reader(Unpooled.wrappedBuffer(frame), (short) 0, false);
        RequestHeader header = RequestHeader.read(in);
        ApiKey api = ApiKey.of(header.apiKey()).orElseThrow();
        ApiVersions.Window window = versions.get(api);
        if (api == ApiKey.API_VERSIONS && header.version() > window.max()) {
            List<ApiVersions.Window> table = List.copyOf(versions.values());
            ResponseBody refused = new ApiVersions.Response(ErrorCode.UNSUPPORTED_VERSION, table, 0);
            out.write(encode(refused, api, (short) 0, header.correlationId()));
            return true;
        }
        Call call = new Call(header, api, ApiMessages.readRequest(api, header.body(in, api)));
        calls.add(call);
        Reply reply = answers.getOrDefault(api, unexpected -> new HangUp()).apply(call);
        if (reply instanceof Answer answer) {
            out.write(encode(answer.body(), api, header.version(), header.correlationId()));
        } else if (reply instanceof Misdirected misdirected) {
            out.write(encode(misdirected.body(), api, header.version(), misdirected.correlationId()));
        } else if (reply instanceof Garbage garbage) {
            out.write(garbage.bytes());
        }
        return !(reply instanceof HangUp);
    }

    /** A whole response frame, length first. */
    public static byte[] encode(ResponseBody body, ApiKey api, short version, int correlationId) {
        ByteBuf fields = Unpooled.buffer();
        Writer writer = new Writer(fields, version, api.flexible(version));
        Writer rest = new ResponseHeader(correlationId).write(writer, api, version);
        ApiMessages.writeResponse(rest, body);
        ByteBuf frame = Unpooled.buffer().writeInt(0);
        for (Writer.Placed placed : rest.payloads()) {
            frame.writeBytes(fields, placed.at() - fields.readerIndex());
            frame.writeBytes((ByteBuf) placed.payload().outbound());
        }
        frame.writeBytes(fields);
        frame.setInt(0, frame.readableBytes() - Integer.BYTES);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hangUp();
    }
}
