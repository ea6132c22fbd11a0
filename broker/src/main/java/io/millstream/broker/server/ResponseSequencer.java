package io.millstream.broker.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Puts the answers of one connection into the order of its requests, and counts what is under way.
 *
 * <p>A request is under way until the last byte of its answer has left, so that a peer that does not read its answers
 * runs into the same limits as one that asks too fast. Belongs to the connection's event loop.
 */
final class ResponseSequencer {

    /** Where answers go, in order. */
    interface Outlet {

        /** Sends {@code response}; {@link ResponseSequencer#sent} is to be called when it has left. */
        void send(Turn turn, OutboundResponse response);

        /** Closes the connection after what has been sent. */
        void hangUp();
    }

    /** One request's place in the order. */
    static final class Turn {

        private final Exchange exchange;
        private NoAnswer silence;
        private OutboundResponse response;

        private Turn(Exchange exchange) {
            this.exchange = exchange;
        }

        Exchange exchange() {
            return exchange;
        }

        private boolean ready() {
            return response != null || silence != null;
        }
    }

    private final Outlet outlet;
    private final RequestLoad load;
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int requests;
    private long requestBytes;
    private boolean closed;

    /** @param load of all connections, this one's requests included */
    ResponseSequencer(Outlet outlet, RequestLoad load) {
        this.outlet = outlet;
        this.load = load;
    }

    /** Requests whose answer has not left completely. */
    int requests() {
        return requests;
    }

    /** Bytes of the frames of these requests. */
    long requestBytes() {
        return requestBytes;
    }

    /** Requests that no handler has answered yet, or whose turn has not come. */
    int unanswered() {
        return waiting.size();
    }

    /** Takes the next place in the order. */
    Turn begin(Exchange exchange) {
        Turn turn = new Turn(exchange);
        requests++;
        requestBytes += exchange.frameBytes();
        load.begin(exchange.frameBytes());
        waiting.add(turn);
        return turn;
    }

    /** The answer, which is sent when its turn comes, or released if the connection is gone. */
    void answer(Turn turn, OutboundResponse response) {
        turn.exchange.answered();
        if (closed) {
            response.release();
            return;
        }
        turn.response = response;
        drain();
    }

    /** Nothing to send. */
    void answer(Turn turn, NoAnswer silence) {
        turn.exchange.answered();
        turn.silence = silence;
        drain();
    }

    private void drain() {
        while (!closed && !waiting.isEmpty() && waiting.peek().ready()) {
            Turn turn = waiting.remove();
            if (turn.response != null) {
                OutboundResponse response = turn.response;
                turn.response = null;
                outlet.send(turn, response);
                continue;
            }
            sent(turn);
            if (turn.silence == NoAnswer.HANG_UP) {
                outlet.hangUp();
            }
        }
    }

    /** Says that the last byte of a turn's answer has left, or never will. */
    void sent(Turn turn) {
        requests--;
        requestBytes -= turn.exchange.frameBytes();
        load.end(turn.exchange.frameBytes());
    }

    /** The broker stops: whoever waits for nothing in particular need not be waited for. */
    void hurry() {
        List.copyOf(waiting).forEach(turn -> turn.exchange.hurry());
    }

    /** The connection is gone: releases answers that wait, abandons requests that are not answered. */
    void close() {
        closed = true;
        for (Turn turn = waiting.poll(); turn != null; turn = waiting.poll()) {
            if (turn.response != null) {
                turn.response.release();
                turn.response = null;
            }
            sent(turn);
            turn.exchange.abandon();
        }
    }
}
