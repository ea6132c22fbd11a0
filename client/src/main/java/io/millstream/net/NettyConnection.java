package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import io.millstream.net.ConnectionException.Reason;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.WireException;
import io.millstream.wire.message.ApiVersions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel. Its fields belong to the channel's event loop, except those marked volatile.
 *
 * <p>Life: connected, versions asked for, open, ended. What ended it is remembered once ({@link #end}) and is what every
 * request without an answer fails with.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter implements Connection {

    private static final Logger log = LoggerFactory.getLogger(NettyConnection.class);

    private final Channel channel;
    private final BrokerEndpoint endpoint;
    private final ConnectionSettings settings;
    private final CompletableFuture<Connection> opened;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final FrameMemory memory;
    private final FrameReader frames;
    private final Deque<InFlight<?>> inFlight = new ArrayDeque<>();

    private int nextCorrelationId;
    private ConnectionException ended;
    private volatile Versions versions;

    NettyConnection(
            Channel channel,
            BrokerEndpoint endpoint,
            ConnectionSettings settings,
            FrameMemory memory,
            CompletableFuture<Connection> opened) {
        this.channel = channel;
        this.endpoint = endpoint;
        this.settings = settings;
        this.memory = memory;
        this.frames = new FrameReader(this::answered, memory);
        this.opened = opened;
    }

    @Override
    public BrokerEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public boolean speaks(ApiKey api) {
        return versions.speaks(api);
    }

    @Override
    public short version(ApiKey api) {
        return versions.pick(api);
    }

    @Override
    public boolean isOpen() {
        return channel.isActive();
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public void close() {
        try {
            channel.eventLoop().execute(() -> end(Reason.LOST, "was closed by this client", null));
        } catch (RejectedExecutionException e) {
            log.debug("The event loop has ended, and this connection with it", e);
        }
    }

    @Override
    public <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type) {
        return send(request, type, settings.requestTimeout());
    }

    @Override
    public <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type, Duration timeout) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        short version;
        try {
            version = version(request.api());
        } catch (ConnectionException e) {
            refuse(request, answer, e);
            return answer;
        }
        try {
            channel.eventLoop().execute(() -> write(request, version, type, answer, timeout));
        } catch (RejectedExecutionException e) {
            refuse(request, answer, failure(Reason.UNREACHABLE, "was closed by this client", e));
        }
        return answer;
    }

    @Override
    public void giveBack(ByteBuf records) {
        memory.giveBack(records);
    }

    private static void refuse(RequestBody request, CompletableFuture<?> answer, ConnectionException why) {
        request.discard();
        answer.completeExceptionally(why);
    }

    private <R extends ResponseBody> void write(
            RequestBody request, short version, Class<R> type, CompletableFuture<R> answer, Duration timeout) {
        if (ended != null) {
            refuse(request, answer, new ConnectionException(Reason.UNREACHABLE, ended.getMessage(), ended));
            return;
        }
        if (inFlight.size() >= settings.maxInFlight()) {
            refuse(request, answer, failure(Reason.REFUSED, "has not answered " + inFlight.size() + " requests", null));
            return;
        }
        int correlationId = nextCorrelationId++;
        RequestHeader header = new RequestHeader(request.api().id(), version, correlationId, settings.clientId());
        List<Object> pieces = List.of();
        try {
            pieces = Frames.encode(channel.alloc(), header, request);
            Future<?> timer = channel.eventLoop()
                    .schedule(() -> timedOut(correlationId, timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
            inFlight.add(new InFlight<>(request.api(), version, correlationId, type, answer, timer));
        } catch (RuntimeException | Error e) { // nobody else would tell the one who waits; it is the answer's cause
            pieces.forEach(ReferenceCountUtil::release);
            String why = e instanceof IllegalArgumentException ? e.getMessage() : e.toString();
            answer.completeExceptionally(failure(Reason.REFUSED, "was not sent " + request.api() + ": " + why, e));
            return;
        }
        for (Object piece : pieces) {
            channel.write(piece).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
        channel.flush();
    }

    private void timedOut(int correlationId, Duration timeout) {
        Iterator<InFlight<?>> waiting = inFlight.iterator();
        while (waiting.hasNext()) {
            InFlight<?> request = waiting.next();
            if (request.correlationId() == correlationId) {
                waiting.remove();
                String what = "did not answer " + request + " within " + timeout.toMillis() + " ms";
                request.answer().completeExceptionally(failure(Reason.TIMED_OUT, what, null));
                end(Reason.LOST, "was closed: it " + what, null);
                return;
            }
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        CompletableFuture<ApiVersions.Response> answer = new CompletableFuture<>();
        var unused = answer.whenComplete(this::negotiated);
        askForVersions(ApiKey.API_VERSIONS.max(), answer);
    }

    private void askForVersions(short version, CompletableFuture<ApiVersions.Response> answer) {
        ApiVersions.Request request = new ApiVersions.Request("millstream", "0.1.0");
        write(request, version, ApiVersions.Response.class, answer, settings.connectTimeout());
    }

    private void negotiated(ApiVersions.Response response, Throwable failure) {
        if (failure != null) {
            opened.completeExceptionally(failure);
            return;
        }
        if (response.error() == ErrorCode.UNSUPPORTED_VERSION) {
            CompletableFuture<ApiVersions.Response> again = new CompletableFuture<>();
            var unused = again.whenComplete(this::negotiatedPlainly);
            askForVersions(ApiKey.API_VERSIONS.min(), again);
            return;
        }
        negotiatedPlainly(response, null);
    }

    private void negotiatedPlainly(ApiVersions.Response response, Throwable failure) {
        if (failure != null) {
            opened.completeExceptionally(failure);
        } else if (response.error() != ErrorCode.NONE) {
            String what = "refused to say which versions it speaks: " + response.error();
            opened.completeExceptionally(failure(Reason.UNSUPPORTED, what, null));
            end(Reason.UNSUPPORTED, what, null);
        } else {
            versions = new Versions(endpoint, response.apis());
            opened.complete(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (ended == null) {
                frames.read(bytes);
            }
        } catch (WireException e) {
            end(Reason.MALFORMED, "sent what is not Kafka's protocol: " + e.getMessage(), e);
        } finally {
            bytes.release();
        }
    }

    private void answered(ByteBuf frame) {
        InFlight<?> request = inFlight.poll();
        if (request == null) {
            throw new WireException("a response that nothing asked for");
        }
        complete(request, frame);
    }

    private <R extends ResponseBody> void complete(InFlight<R> request, ByteBuf frame) {
        request.timeout().cancel(false);
        R response;
        try {
            response = request.read(frame);
        } catch (RuntimeException e) { // a message's own checks, too, must cost no more than this connection
            String what = "answered " + request + " with what cannot be read: " + e.getMessage();
            request.answer().completeExceptionally(failure(Reason.MALFORMED, what, e));
            throw new WireException(what, e);
        }
        request.answer().complete(response);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(Reason.LOST, "closed the connection", null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(Reason.LOST, "was lost: " + cause.getMessage(), cause);
    }

    /** The one way a connection ends, on its event loop. The first reason counts. */
    private void end(Reason reason, String what, Throwable cause) {
        if (ended != null) {
            return;
        }
        ended = failure(reason, what, cause);
        log.debug("Connection ended", ended);
        var unused = channel.close();
        InFlight<?> request = inFlight.poll();
        while (request != null) {
            request.timeout().cancel(false);
            request.answer().completeExceptionally(failure(reason, what + " before it answered " + request, cause));
            request = inFlight.poll();
        }
        opened.completeExceptionally(ended);
        closed.complete(null);
    }

    private ConnectionException failure(Reason reason, String what, Throwable cause) {
        return new ConnectionException(reason, "Broker " + endpoint + " " + what, cause);
    }
}
