package io.millstream.broker.simulation;

import io.millstream.broker.server.SimulatedFrames;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Loop;
import io.millstream.net.Connection;
import io.millstream.net.ConnectionException;
import io.millstream.net.ConnectionException.Reason;
import io.millstream.net.ConnectionSettings;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.WireException;
import io.millstream.wire.message.ApiMessages;
import io.millstream.wire.message.ApiVersions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The client's end of a simulated connection: what {@link Connection} says, over a {@link SimPipe}. */
final class SimConnection implements Connection {

    private record InFlight<R extends ResponseBody>(
            ApiKey api,
            short version,
            int correlationId,
            Class<R> type,
            CompletableFuture<R> answer,
            Loop.Timer timer) {

        void read(byte[] frame) {
            ByteBuf bytes = Unpooled.wrappedBuffer(frame);
            Reader in = new Reader(bytes, version, api.flexible(version));
            int correlation = ResponseHeader.read(in, api, version).correlationId();
            if (correlation != correlationId) {
                throw new WireException("Response " + correlation + " came where " + correlationId + " was due");
            }
            answer.complete(type.cast(ApiMessages.readResponse(api, in)));
        }
    }

    private final BrokerEndpoint endpoint;
    private final ConnectionSettings settings;
    private final SimLoop loop;
    private final CompletableFuture<Connection> opened;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Deque<InFlight<?>> inFlight = new ArrayDeque<>();
    private final Map<ApiKey, ApiVersions.Window> offered = new EnumMap<>(ApiKey.class);
    private SimPipe pipe;
    private int nextCorrelationId;
    private ConnectionException ended;

    SimConnection(
            BrokerEndpoint endpoint, ConnectionSettings settings, SimLoop loop, CompletableFuture<Connection> opened) {
        this.endpoint = endpoint;
        this.settings = settings;
        this.loop = loop;
        this.opened = opened;
    }

    void attach(SimPipe there) {
        pipe = there;
    }

    void negotiate() {
        CompletableFuture<ApiVersions.Response> answer = new CompletableFuture<>();
        CompletableFuture<?> unused = answer.whenComplete((response, failure) -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
            } else if (response.error() != ErrorCode.NONE) {
                opened.completeExceptionally(failure(Reason.UNSUPPORTED, "refused: " + response.error()));
            } else {
                response.apis()
                        .forEach(window -> ApiKey.of(window.apiKey()).ifPresent(api -> offered.put(api, window)));
                opened.complete(this);
            }
        });
        ApiVersions.Request request = new ApiVersions.Request("millstream", "0.1.0");
        write(request, ApiKey.API_VERSIONS.max(), ApiVersions.Response.class, answer, settings.connectTimeout());
    }

    @Override
    public BrokerEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public boolean speaks(ApiKey api) {
        ApiVersions.Window window = offered.get(api);
        return window != null && window.max() >= api.min() && window.min() <= api.max();
    }

    @Override
    public short version(ApiKey api) {
        if (!speaks(api)) {
            throw failure(Reason.UNSUPPORTED, "does not offer " + api);
        }
        return (short) Math.min(api.max(), offered.get(api).max());
    }

    @Override
    public <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type) {
        return send(request, type, settings.requestTimeout());
    }

    @Override
    public <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type, Duration timeout) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        try {
            short version = version(request.api());
            loop.execute(() -> write(request, version, type, answer, timeout));
        } catch (ConnectionException e) {
            refuse(request, answer, e);
        }
        return answer;
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
            refuse(request, answer, failure(Reason.REFUSED, "has not answered " + inFlight.size() + " requests"));
            return;
        }
        int correlationId = nextCorrelationId++;
        try {
            byte[] frame = SimulatedFrames.request(
                    new RequestHeader(request.api().id(), version, correlationId, settings.clientId()), request);
            Loop.Timer timer = loop.schedule(() -> timedOut(correlationId), timeout.toNanos(), TimeUnit.NANOSECONDS);
            inFlight.add(new InFlight<>(request.api(), version, correlationId, type, answer, timer));
            pipe.send(frame);
        } catch (IllegalArgumentException e) {
            answer.completeExceptionally(failure(Reason.REFUSED, "was not sent " + request.api() + ": " + e));
        }
    }

    private void timedOut(int correlationId) {
        inFlight.stream()
                .filter(each -> each.correlationId == correlationId)
                .findFirst()
                .ifPresent(late -> {
                    inFlight.remove(late);
                    late.answer.completeExceptionally(failure(Reason.TIMED_OUT, "did not answer " + late.api));
                    end(Reason.LOST, "was closed: it did not answer " + late.api);
                });
    }

    /** Bytes have come. */
    void receive(byte[] frame) {
        if (ended != null) {
            return;
        }
        InFlight<?> request = inFlight.poll();
        try {
            if (request == null) {
                throw new WireException("a response that nothing asked for");
            }
            request.timer.cancel();
            request.read(frame);
        } catch (WireException e) {
            // Both ends are ours: nothing excuses it.
            throw new AssertionError("Broker " + endpoint + " answered with what cannot be read", e);
        }
    }

    /** The broker, or the network, has ended the connection. */
    void lost(String how) {
        end(Reason.LOST, how);
    }

    private void end(Reason reason, String what) {
        if (ended != null) {
            return;
        }
        ended = failure(reason, what);
        pipe.finish();
        InFlight<?> request = inFlight.poll();
        while (request != null) {
            request.timer.cancel();
            request.answer.completeExceptionally(failure(reason, what + " before it answered " + request.api));
            request = inFlight.poll();
        }
        opened.completeExceptionally(ended);
        closed.complete(null);
    }

    private ConnectionException failure(Reason reason, String what) {
        return new ConnectionException(reason, "Broker " + endpoint + " " + what);
    }

    @Override
    public boolean isOpen() {
        return ended == null;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public void close() {
        loop.later(() -> end(Reason.LOST, "was closed by this client"), 0);
    }
}
