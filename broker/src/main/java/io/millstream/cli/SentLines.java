package io.millstream.cli;

import io.millstream.client.ClientException;
import io.millstream.client.Outgoing;
import io.millstream.client.Producer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records of lines on their way: how many have arrived, and the first that failed. Lines are sent by one thread; another may
 * {@link #stop} that.
 */
final class SentLines {

    private record Failure(long line, Throwable cause) {}

    private final Producer producer;
    private final Duration patience;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Failure> first = new AtomicReference<>();
    private final Semaphore sending = new Semaphore(1);
    private final AtomicLong handedOver = new AtomicLong();
    private volatile long last;

    /** @param patience for what is under way in the end */
    SentLines(Producer producer, Duration patience) {
        this.producer = producer;
        this.patience = patience;
    }

    /** Hands a line's record over; fails if one before it has. */
    void send(long line, Outgoing record) {
        requireNone();
        try {
            handOver(line, record);
        } catch (ClientException e) {
            first.compareAndSet(null, new Failure(line, e));
            settle();
            requireNone();
        }
    }

    private void handOver(long line, Outgoing record) {
        sending.acquireUninterruptibly();
        try {
            var unused = producer.send(record).whenComplete((sent, failure) -> {
                if (failure == null) {
                    acknowledged.incrementAndGet();
                } else {
                    first.compareAndSet(null, new Failure(line, failure));
                }
            });
            handedOver.incrementAndGet();
            last = line;
        } finally {
            sending.release();
        }
    }

    /** Waits until all that was handed over is acknowledged; fails if one is not. */
    void finish() {
        settle();
        requireNone();
    }

    /** A line that cannot become a record, once those before it are acknowledged. */
    FailureException refusal(long line, String what, String advice) {
        finish();
        return new FailureException("Line " + line + ": " + what + "; " + before(), advice);
    }

    /**
     * Lets no more lines go, waits for those under way, and says how it stands. Whoever sends waits for ever from then on: this
     * is for a process that ends.
     *
     * @param moment to wait for a line that is being handed over, and again for all acknowledgements
     */
    String stop(Duration moment) {
        try {
            var unused = sending.tryAcquire(moment.toMillis(), TimeUnit.MILLISECONDS);
            producer.flush(moment);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClientException tooLate) {
            return stopped() + ", the others perhaps not stored (" + tooLate.getMessage() + ").";
        }
        return stopped() + ".";
    }

    private String stopped() {
        return "Told to stop behind line " + last + ": " + acknowledged.get() + " of " + handedOver.get()
                + " records were acknowledged";
    }

    private void settle() {
        producer.flush(patience);
    }

    private void requireNone() {
        Failure failure = first.get();
        if (failure != null) {
            Throwable cause = failure.cause() instanceof java.util.concurrent.CompletionException wrapped
                    ? wrapped.getCause()
                    : failure.cause();
            throw new FailureException(
                    "Line " + failure.line() + ": " + cause.getMessage() + "; " + before(),
                    "Check the topic and the brokers",
                    failure.cause());
        }
    }

    private String before() {
        return acknowledged.get() + " records were acknowledged";
    }
}
