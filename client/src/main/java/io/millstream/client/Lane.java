package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.wire.message.Produce;

/**
 * The sender's side of one partition: at most one batch on its way, and the producer's numbers. One batch at a time keeps
 * order and sequence through every retry: a batch keeps its numbers until it is known to be stored, or is given up.
 *
 * <p>A batch given up while it may be stored leaves the next sequence unknown; the lane then goes on under a new identity.
 * Belongs to the client's loop.
 */
final class Lane {

    private final PartitionQueue queue;
    private final BufferBudget budget;
    private final Backoff backoff;

    private ProduceBatch batch;
    private boolean underWay;
    private ProducerIdentity identity;
    private ProducerIdentity givenUp;
    private int nextSequence;
    private long notBeforeNanos;
    private boolean paused;
    private String trouble = "it could not be sent yet";

    Lane(PartitionQueue queue, BufferBudget budget, Backoff backoff) {
        this.queue = queue;
        this.budget = budget;
        this.backoff = backoff;
    }

    TopicPartition partition() {
        return queue.partition();
    }

    /** The batch that may be sent now; null if there is none, or one is on its way, or a pause is not over. */
    ProduceBatch due(long nowNanos) {
        if (underWay || (paused && nowNanos - notBeforeNanos < 0)) {
            return null;
        }
        paused = false;
        if (batch == null) {
            batch = queue.poll(nowNanos);
        }
        return batch;
    }

    /** How long until something can be done here; {@link Long#MAX_VALUE} if only an answer can change that. */
    long nanosUntilDue(long nowNanos) {
        boolean anonymous = batch != null && identity == null;
        if (underWay || anonymous) {
            return Long.MAX_VALUE;
        }
        if (paused) {
            return Math.max(0, notBeforeNanos - nowNanos);
        }
        return batch != null ? 0 : queue.nanosUntilReady(nowNanos);
    }

    /** How long until {@link #expire} has something to do. */
    long nanosUntilOverdue(long nowNanos, long deliveryTimeoutNanos) {
        boolean unsettled = batch != null && !batch.isSettled();
        return unsettled
                ? Math.max(0, deliveryTimeoutNanos - batch.ageNanos(nowNanos))
                : queue.nanosUntilOverdue(nowNanos);
    }

    /** Whether nothing is left, so that the sender can forget the lane until the next append. */
    boolean retire() {
        return batch == null && queue.retire();
    }

    /** Under which identity the next batch goes; null if a new one is needed. */
    ProducerIdentity identity() {
        return identity;
    }

    /** From now on under this identity; false if it is the one that was given up here. */
    boolean begin(ProducerIdentity fresh) {
        if (fresh.equals(givenUp)) {
            return false;
        }
        identity = fresh;
        nextSequence = 0;
        return true;
    }

    /** Why nothing is sent at the moment, for the message if time runs out. */
    void note(String why) {
        trouble = why;
    }

    /** The batch that {@link #send} marked. */
    ProduceBatch sending() {
        return batch;
    }

    /** Marks the batch as on its way, numbered if it is not yet. */
    void send() {
        if (!batch.isNumbered()) {
            batch.number(identity, nextSequence);
        }
        underWay = true;
    }

    /** The batch is stored. */
    void stored(Produce.Result result) {
        underWay = false;
        backoff.reset();
        ProduceBatch done = batch;
        nextSequence = done.nextSequence();
        drop();
        done.succeed(result);
    }

    /** The batch will not be stored by another try. */
    void refused(ClientException why) {
        underWay = false;
        ProduceBatch done = batch;
        giveUp();
        done.fail(why);
    }

    /** The try failed; another may not. */
    void failed(String why, Doubt doubt, long nowNanos) {
        underWay = false;
        if (doubt == Doubt.MAY_BE_STORED) {
            batch.doubt();
        }
        if (batch.isSettled()) { // its time ended while it was under way
            giveUp();
        } else {
            pause(why, nowNanos);
        }
    }

    /** Nothing is sent for a while. */
    void pause(String why, long nowNanos) {
        trouble = why;
        paused = true;
        notBeforeNanos = nowNanos + backoff.nextNanos();
    }

    /** Whether a try that failed may have stored the batch. */
    enum Doubt {
        NOT_STORED,
        MAY_BE_STORED
    }

    /** Fails what has waited too long. A batch that is under way keeps its bytes, and its place, until the try has ended. */
    void expire(long nowNanos, long deliveryTimeoutNanos) {
        if (batch != null && !batch.isSettled() && batch.ageNanos(nowNanos) >= deliveryTimeoutNanos) {
            boolean known = !underWay && !batch.isDoubtful();
            batch.fail(
                    timedOut(batch, deliveryTimeoutNanos, known ? "not stored" : "whether they are stored is unknown"));
            if (!underWay) {
                giveUp();
            }
        }
        for (ProduceBatch each : queue.pollOverdue(nowNanos)) {
            each.fail(timedOut(each, deliveryTimeoutNanos, "not stored"));
            release(each);
        }
    }

    private ClientException timedOut(ProduceBatch late, long nanos, String outcome) {
        return new TimedOutException(
                late.recordCount() + " records for partition " + late.partition() + " were not acknowledged within "
                        + nanos / 1_000_000 + " ms (" + outcome + "): " + trouble,
                null);
    }

    /** Fails everything. What is under way keeps its bytes until the try has ended. */
    void end(ClientException why) {
        if (batch != null) {
            failBatch(why);
        }
        for (ProduceBatch each : queue.end()) {
            release(each);
            each.fail(why);
        }
    }

    private void failBatch(ClientException why) {
        ProduceBatch failed = batch;
        if (!underWay) {
            giveUp();
        }
        failed.fail(why);
    }

    private void giveUp() {
        if (batch.isDoubtful()) {
            givenUp = identity;
            identity = null;
        }
        drop();
    }

    private void drop() {
        release(batch);
        batch = null;
    }

    private void release(ProduceBatch done) {
        done.close();
        budget.give(done.reserved());
    }
}
