package io.millstream.broker.server;

import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The broker's dispatcher and handlers behind simulated connections: what {@link NetworkServer} is behind sockets, less what
 * only sockets need.
 */
public final class SimulatedServer {

    /** The way back to a client. */
    public interface Outlet {
        void send(byte[] frame);

        /** Closes after what has been sent. */
        void hangUp();
    }

    private final Dispatcher dispatcher;
    private final Clock clock;
    private final RequestLoad load;

    public SimulatedServer(ServerSettings settings, Dispatcher dispatcher, Clock clock) {
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.load = new RequestLoad(settings.requestMemoryBytes());
    }

    /** A client has connected. */
    public Line accept(InetSocketAddress peer, String listener, Loop loop, Outlet outlet) {
        return new Line(new Exchange.Connected(load, listener, peer, loop, clock, new Attachments()), loop, outlet);
    }

    /** A connection. Belongs to its loop. */
    public final class Line {

        private static final class Turn {
            private final Exchange exchange;
            private ResponseBody response;
            private byte[] frame;

            private Turn(Exchange exchange) {
                this.exchange = exchange;
            }
        }

        private final Exchange.Connected connected;
        private final Loop loop;
        private final Outlet outlet;
        private final Deque<Turn> turns = new ArrayDeque<>();
        private boolean closed;

        private Line(Exchange.Connected connected, Loop loop, Outlet outlet) {
            this.connected = connected;
            this.loop = loop;
            this.outlet = outlet;
        }

        /** A request has come. */
        public void receive(byte[] frame) {
            if (closed) {
                return;
            }
            ByteBuf bytes = Unpooled.wrappedBuffer(frame);
            Reader in = new Reader(bytes, (short) 0, false);
            RequestHeader header = RequestHeader.read(in);
            ApiKey api = dispatcher.route(header);
            Turn turn = new Turn(new Exchange(connected, header, api, frame.length));
            turns.add(turn);
            load.begin(frame.length);
            var request = ApiMessages.readRequest(api, header.body(in, api));
            var unused = dispatcher
                    .dispatch(turn.exchange, request)
                    .whenComplete((response, failure) -> loop.execute(() -> settle(turn, response, failure)));
        }

        private void settle(Turn turn, ResponseBody response, Throwable failure) {
            turn.exchange.answered();
            if (closed) {
                if (response != null) {
                    response.discard();
                }
                return;
            }
            if (failure != null) {
                throw new AssertionError(turn.exchange.api() + " failed", failure);
            }
            turn.response = response;
            if (!(response instanceof NoAnswer)) {
                turn.frame = SimulatedFrames.response(
                        turn.exchange.responseHeader(), turn.exchange.api(), turn.exchange.version(), response);
            }
            drain();
        }

        private void drain() {
            while (!turns.isEmpty() && turns.peek().response != null) {
                Turn turn = turns.remove();
                load.end(turn.exchange.frameBytes());
                if (turn.frame != null) {
                    outlet.send(turn.frame);
                } else if (turn.response == NoAnswer.HANG_UP) {
                    outlet.hangUp();
                    closed();
                    return;
                }
            }
        }

        /** The client has gone. */
        public void closed() {
            if (closed) {
                return;
            }
            closed = true;
            for (Turn turn = turns.poll(); turn != null; turn = turns.poll()) {
                load.end(turn.exchange.frameBytes());
                turn.exchange.abandon();
            }
            connected.attachments().close();
            outlet.hangUp();
        }
    }
}
