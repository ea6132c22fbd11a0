package io.millstream.broker.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** One direction of a connection: bytes arrive in the order they were sent, and last its end. */
final class SimPipe {

    /** @param bytes null for the end */
    private record Message(long at, byte[] bytes) {}

    private final SimNet net;
    private final SimScheduler scheduler;
    private final String from;
    private final String to;
    private final SimLoop receiver;
    private final Consumer<byte[]> arrival;
    private final Runnable end;
    private final Deque<Message> queue = new ArrayDeque<>();
    private long last;
    private boolean over;
    private Runnable reset = () -> {};

    /**
     * @param receiver where what arrives is dealt with
     * @param end called there when the other side has closed
     */
    SimPipe(SimNet net, String from, String to, SimLoop receiver, Consumer<byte[]> arrival, Runnable end) {
        this.net = net;
        this.scheduler = net.scheduler();
        this.from = from;
        this.to = to;
        this.receiver = receiver;
        this.arrival = arrival;
        this.end = end;
        net.add(this);
    }

    /** What a reset of the whole connection does. */
    void onReset(Runnable what) {
        reset = what;
    }

    void send(byte[] bytes) {
        enqueue(bytes);
    }

    /** Nothing more will be sent. */
    void finish() {
        enqueue(null);
    }

    private void enqueue(byte[] bytes) {
        if (over) {
            return;
        }
        last = Math.max(last, scheduler.nanos() + net.latency(from, to));
        queue.add(new Message(last, bytes));
        scheduler.after(last - scheduler.nanos(), this::deliver);
    }

    /** Delivers what is due, if the way is open. */
    void deliver() {
        while (!over && !queue.isEmpty() && queue.peek().at <= scheduler.nanos() && net.passes(from, to)) {
            Message message = queue.remove();
            if (message.bytes == null) {
                end();
            } else {
                receiver.later(() -> arrival.accept(message.bytes), 0);
            }
        }
    }

    boolean isHeldUp() {
        return !over && !queue.isEmpty() && queue.peek().at < scheduler.nanos();
    }

    private void end() {
        drop();
        receiver.later(end, 0);
    }

    /** The connection is reset: what is under way is lost. */
    void reset() {
        reset.run();
    }

    /** Forgets what is under way, and lets the receiver see the end of the connection. */
    void breakOff() {
        if (!over) {
            end();
        }
    }

    /** Nobody receives any more. */
    void drop() {
        over = true;
        queue.clear();
        net.remove(this);
    }
}
