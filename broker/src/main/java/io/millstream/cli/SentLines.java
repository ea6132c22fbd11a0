package io.millstream.cli;

import io.millstream.client.ClientException;
import io.millstream.client.Outgoing;
import io.millstream.client.Producer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Records of lines on their way: how many have arrived, and the first that failed. Lines are sent by one thread. */
final class SentLines {

    private record Failure(long line, Throwable cause) {}

    private final Producer producer;
    private final Duration patience;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Failure> first = new AtomicReference<>();

    /** @param patience for what is under way in the end */
    SentLines(Producer producer, Duration patience) {
        this.producer = producer;
        this.patience = patience;
    }

    /** Hands a line's record over; fails if one before it has. */
    void send(long line, Outgoing record) {
        requireNone();
        try {
            var unused = producer.send(record).whenComplete((sent, failure) -> {
                if (failure == null) {
                    acknowledged.incrementAndGet();
                } else {
                    first.compareAndSet(null, new Failure(line, failure));
                }
            });
        } catch (ClientException e) {
            first.compareAndSet(null, new Failure(line, e));
            settle();
            requireNone();
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
