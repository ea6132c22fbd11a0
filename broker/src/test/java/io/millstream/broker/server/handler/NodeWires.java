package io.millstream.broker.server.handler;

import io.millstream.broker.server.Attachments;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.net.Connection;
import io.millstream.net.ConnectionException;
import io.millstream.net.ConnectionException.Reason;
import io.millstream.net.Connections;
import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Connections between {@link ReplicaNode}s that can be cut. Requests and answers go over as bytes, each in the order of its
 * connection.
 */
final class NodeWires {

    private static final short VERSION = ApiKey.FETCH.max();

    final Map<Integer, ReplicaNode> nodes = new HashMap<>();
    private final Schedule schedule;
    private final List<Wire> open = new ArrayList<>();
    private boolean cut;
    private int requests;
    private int attempts;

    NodeWires(Schedule schedule) {
        this.schedule = schedule;
    }

    /** Ends every connection; until {@link #heal} none can be opened. */
    void cutAll() {
        cut = true;
        List.copyOf(open).forEach(Wire::close);
    }

    void heal() {
        cut = false;
    }

    /** How many requests were sent. */
    int requests() {
        return requests;
    }

    /** How often somebody tried to connect. */
    int attempts() {
        return attempts;
    }

    Connections from(ReplicaNode client) {
        return new Connections() {
            @Override
            public CompletableFuture<Connection> open(BrokerEndpoint endpoint) {
                CompletableFuture<Connection> opened = new CompletableFuture<>();
                attempts++;
                client.net.execute(() -> {
                    if (cut) {
                        opened.completeExceptionally(new ConnectionException(Reason.UNREACHABLE, "cut"));
                    } else {
                        Wire wire = new Wire(client, nodes.get(endpoint.port()), endpoint);
                        open.add(wire);
                        opened.complete(wire);
                    }
                });
                return opened;
            }

            @Override
            public void close() {
                List.copyOf(open).forEach(Wire::close);
            }
        };
    }

    private final class Wire implements Connection, RequestContext {
        private final ReplicaNode client;
        private final ReplicaNode server;
        private final BrokerEndpoint endpoint;
        private final Attachments attachments = new Attachments();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();
        private final List<CompletableFuture<?>> waiting = new ArrayList<>();
        private final List<Runnable> abandoned = new ArrayList<>();

        Wire(ReplicaNode client, ReplicaNode server, BrokerEndpoint endpoint) {
            this.client = client;
            this.server = server;
            this.endpoint = endpoint;
        }

        @Override
        public <R extends ResponseBody> CompletableFuture<R> send(
                RequestBody request, Class<R> type, Duration timeout) {
            CompletableFuture<R> answer = new CompletableFuture<>();
            if (closed.isDone()) {
                answer.completeExceptionally(new ConnectionException(Reason.UNREACHABLE, "closed"));
                return answer;
            }
            requests++;
            waiting.add(answer);
            Reader in = new Reader(bytes(out -> request.write(out)), VERSION, true);
            server.net.execute(() -> {
                if (!closed.isDone()) {
                    CompletableFuture<?> before = answers;
                    answers = server.handler
                            .handle(this, Fetch.Request.read(in))
                            .toCompletableFuture()
                            .thenCombine(before, (response, done) -> response)
                            .thenAccept(response -> deliver(bytes(response::write), answer, type));
                }
            });
            return answer;
        }

        private CompletableFuture<?> answers = CompletableFuture.completedFuture(null);

        private <R> void deliver(ByteBuf bytes, CompletableFuture<R> answer, Class<R> type) {
            client.net.execute(() -> {
                waiting.removeIf(each -> each == answer);
                Reader in = new Reader(bytes, VERSION, true);
                answer.complete(type.cast(ApiMessages.readResponse(ApiKey.FETCH, in)));
            });
        }

        @Override
        public <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type) {
            return send(request, type, Duration.ofSeconds(30));
        }

        @Override
        public void close() {
            if (closed.isDone()) {
                return;
            }
            open.remove(this);
            closed.complete(null);
            server.net.execute(() -> {
                attachments.detach(FollowerFeed.class);
                abandoned.forEach(Runnable::run);
            });
            List.copyOf(waiting)
                    .forEach(answer -> answer.completeExceptionally(new ConnectionException(Reason.LOST, "was cut")));
            waiting.clear();
        }

        @Override
        public BrokerEndpoint endpoint() {
            return endpoint;
        }

        @Override
        public boolean speaks(ApiKey api) {
            return api == ApiKey.FETCH;
        }

        @Override
        public short version(ApiKey api) {
            return VERSION;
        }

        @Override
        public boolean isOpen() {
            return !closed.isDone();
        }

        @Override
        public CompletableFuture<Void> closed() {
            return closed;
        }

        @Override
        public ApiKey api() {
            return ApiKey.FETCH;
        }

        @Override
        public short version() {
            return VERSION;
        }

        @Override
        public String clientId() {
            return "broker-" + client.id;
        }

        @Override
        public String listener() {
            return "PLAINTEXT";
        }

        @Override
        public InetSocketAddress peer() {
            return InetSocketAddress.createUnresolved("node", client.id);
        }

        @Override
        public Loop loop() {
            return server.net;
        }

        @Override
        public Clock clock() {
            return schedule;
        }

        @Override
        public Attachments attachments() {
            return attachments;
        }

        @Override
        public boolean mayWait() {
            return true;
        }

        @Override
        public void onAbandon(Runnable task) {
            abandoned.add(task);
        }

        @Override
        public void onHurry(Runnable task) {
            // nodes are killed here, not stopped
        }
    }

    private interface Body {
        void write(Writer out);
    }

    private static ByteBuf bytes(Body body) {
        ByteBuf buffer = Unpooled.buffer();
        Writer out = new Writer(buffer, VERSION, true);
        body.write(out);
        out.end();
        ByteBuf whole = Unpooled.buffer();
        for (Writer.Placed placed : out.payloads()) {
            whole.writeBytes(buffer, placed.at() - buffer.readerIndex());
            ByteBuf payload = (ByteBuf) placed.payload().outbound();
            whole.writeBytes(payload.duplicate());
            ReferenceCountUtil.release(payload);
        }
        return whole.writeBytes(buffer);
    }
}
