package io.millstream.hadoop.output;

import io.millstream.client.SequenceException;
import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.OutputManifest.Target;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Sends numbered batches, none on old knowledge. A leader that has forgotten a producer takes any sequence, so that a batch which
 * another publisher has sent meanwhile would be stored again: once there was another one, what was known of a partition for longer
 * than a moment is looked at once more right before the next batch.
 *
 * <p>Safe for use by several threads.
 */
final class NumberedSends {

    /** Far below what leaders remember a producer for; long enough that partitions which are sent to all the time cost nothing. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Outlet outlet;
    private final StoredRecords stored;
    private final Executor sending;
    private final StillOpen stillOpen;
    private final Clock clock;
    private final Map<TopicPartition, Long> knownNanos = new ConcurrentHashMap<>();

    /**
     * Who else may have sent something.
     *
     * @param any whether somebody may have
     * @param sinceNanos until that moment of the clock they may have unseen: what was known before does not count any more
     */
    record Others(boolean any, long sinceNanos) {

        /** Nobody has begun. */
        static final Others NONE = new Others(false, 0);
    }

    /** Whether this publisher may go on. */
    @FunctionalInterface
    interface StillOpen {
        /**
         * Asked right before each send, cheap.
         *
         * @throws Finished if the publication is not open any more
         */
        Others ensure();
    }

    /** The publication is over; there is nothing left to do. */
    static final class Finished extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A partition is not where it was: look again. */
    static final class Behind extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Behind(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** @param sending where it may be waited */
    NumberedSends(Outlet outlet, StoredRecords stored, Executor sending, StillOpen stillOpen, Clock clock) {
        this.outlet = outlet;
        this.stored = stored;
        this.sending = sending;
        this.stillOpen = stillOpen;
        this.clock = clock;
    }

    /** Where a partition is was asked at this moment of the clock, and has been answered. */
    void known(TopicPartition partition, long nanos) {
        knownNanos.merge(partition, nanos, (before, now) -> now - before > 0 ? now : before);
    }

    /**
     * Sends the next batch of a partition, unless it is there. Waits now and then.
     *
     * @param first sequence of its first record
     * @param last sequence of its last record
     * @return when it is on all in-sync replicas; fails as {@link Outlet#send} does, with {@link Behind} if what should be before it
     *     is not there, with {@link Finished}, and with {@link UncheckedIOException} if nobody can tell what is there
     */
    CompletableFuture<Long> send(Target target, byte[] batch, int first, int last) {
        TopicPartition partition = target.topicPartition();
        Others others = stillOpen.ensure();
        if (others.any() && isOld(partition, others.sinceNanos()) && !isWanted(target, first, last)) {
            return CompletableFuture.completedFuture(-1L);
        }
        long asked = clock.nanos(); // an answer may be heard long after it was given
        return outlet.send(partition, batch)
                .whenComplete((offset, failure) -> {
                    if (failure == null) {
                        known(partition, asked);
                    }
                })
                .exceptionallyCompose(failure -> {
                    Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : failure;
                    return cause instanceof SequenceException refused
                            ? CompletableFuture.supplyAsync(() -> judge(partition, last, refused), sending)
                            : CompletableFuture.failedFuture(cause);
                });
    }

    private boolean isOld(TopicPartition partition, long sinceNanos) {
        Long nanos = knownNanos.get(partition);
        return nanos == null || nanos - sinceNanos <= 0 || clock.nanos() - nanos > FRESH_NANOS;
    }

    private boolean isWanted(Target target, int first, int last) {
        Extent there;
        long asked = clock.nanos();
        try {
            there = stored.in(target);
        } catch (OutputException e) {
            throw new UncheckedIOException(e);
        }
        known(target.topicPartition(), asked);
        if (!there.reaches(first)) {
            throw new Behind(
                    "Partition " + target.topicPartition() + " has lost records: it had those up to sequence "
                            + (first - 1) + ", and has those up to " + there.last(),
                    null);
        }
        return there.wants(last);
    }

    /** Another publisher is ahead, and the leader has not seen all in between; or records that were there are lost. */
    private long judge(TopicPartition partition, int last, SequenceException refused) {
        OptionalInt there = stored.remembered(partition);
        if (there.isPresent() && there.getAsInt() > last) {
            return -1;
        }
        throw new Behind(refused.getMessage(), refused);
    }
}
