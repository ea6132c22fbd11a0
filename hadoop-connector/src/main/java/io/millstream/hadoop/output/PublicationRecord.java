package io.millstream.hadoop.output;

import io.millstream.hadoop.ingest.document.DocumentRef;
import java.util.UUID;

/**
 * {@code /output/<publication>}: what a job publishes. It is made once, when it is decided what becomes of the job's output.
 *
 * @param state how far it is
 * @param job Hadoop's id of the job
 * @param staging the job's staging folder, with its scheme
 * @param manifest what is published, in the staging folder; null unless it was decided to publish
 * @param producerId whose numbers the batches have, and nobody else's; -1 unless it was decided to publish
 * @param records how many there are
 * @param group the consumer group whose offsets were committed with the decision; null if there is none
 * @param offsets those of its offsets that are still to be written before anything is sent, in the staging folder; null if none are
 * @param others how many have begun to publish it beside who decided: while it is 0, that one knows what was sent;
 *     null stands for 0
 * @param anew the application attempt that works once more on what was aborted, and alone may still decide to publish; null if
 *     none does
 * @param token of the commit that decided, so that it recognises its own decision; null if nothing was decided, or by an older release
 */
record PublicationRecord(
        PublicationState state,
        String job,
        String staging,
        DocumentRef manifest,
        long producerId,
        long records,
        String group,
        DocumentRef offsets,
        Integer others,
        Integer anew,
        UUID token) {

    /** Records from before these were counted have none. */
    PublicationRecord {
        others = others == null ? 0 : others;
    }

    /** Epoch of all batches: what stands for a publisher is what it publishes, and that is the same for all. */
    static final short PRODUCER_EPOCH = 0;

    static final long NO_PRODUCER = -1;

    static PublicationRecord aborted(String job, String staging) {
        return new PublicationRecord(
                PublicationState.ABORTED, job, staging, null, NO_PRODUCER, 0, null, null, 0, null, null);
    }

    PublicationRecord in(PublicationState next) {
        return new PublicationRecord(
                next, job, staging, manifest, producerId, records, group, offsets, others, anew, token);
    }

    /** The same, once all offsets are written. */
    PublicationRecord withoutOffsets() {
        return new PublicationRecord(
                state, job, staging, manifest, producerId, records, group, null, others, anew, token);
    }

    /** The same, once another one has begun. */
    PublicationRecord withAnother() {
        return new PublicationRecord(
                state, job, staging, manifest, producerId, records, group, offsets, others + 1, anew, token);
    }

    /**
     * The same, once an application attempt has begun the job from scratch: before, it had the output of those before it aborted.
     * What an earlier attempt says is too late.
     */
    PublicationRecord begunAnewBy(int attempt) {
        boolean applies = state == PublicationState.ABORTED && (anew == null || anew < attempt);
        return applies ? withAnew(attempt) : this;
    }

    /** The same, once an application attempt has aborted it. What an earlier attempt than the one that works on it says is too late. */
    PublicationRecord abortedBy(int attempt) {
        return anew != null && anew <= attempt ? withAnew(null) : this;
    }

    /** The same, once a person has given it up, or whoever works on it once more. */
    PublicationRecord abandoned() {
        return isOver() ? this : withAnew(null).in(PublicationState.ABANDONED);
    }

    private PublicationRecord withAnew(Integer attempt) {
        return new PublicationRecord(
                state, job, staging, manifest, producerId, records, group, offsets, others, attempt, token);
    }

    /** Whether an application attempt may decide what becomes of it, as if there were no record yet. */
    boolean isUpTo(int attempt) {
        return state == PublicationState.ABORTED && anew != null && anew == attempt;
    }

    /** Whether an application attempt works once more on what was aborted, and may publish it yet. */
    boolean isBegunAnew() {
        return state == PublicationState.ABORTED && anew != null;
    }

    /** What people are told of it, in a word. */
    String shown() {
        return isBegunAnew() ? "BEGUN_ANEW" : state.name();
    }

    /** Whether nobody works on it any more. */
    boolean isOver() {
        return !isOpen() && anew == null;
    }

    boolean isOpen() {
        return state == PublicationState.OPEN;
    }
}
