package io.millstream.hadoop.output;

import io.millstream.hadoop.ingest.document.DocumentRef;

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
        Integer others) {

    /** Records from before these were counted have none. */
    PublicationRecord {
        others = others == null ? 0 : others;
    }

    /** Epoch of all batches: what stands for a publisher is what it publishes, and that is the same for all. */
    static final short PRODUCER_EPOCH = 0;

    static final long NO_PRODUCER = -1;

    static PublicationRecord aborted(String job, String staging) {
        return new PublicationRecord(PublicationState.ABORTED, job, staging, null, NO_PRODUCER, 0, null, null, 0);
    }

    /** The same with a producer id. */
    PublicationRecord by(long producer) {
        return new PublicationRecord(state, job, staging, manifest, producer, records, group, offsets, others);
    }

    PublicationRecord in(PublicationState next) {
        return new PublicationRecord(next, job, staging, manifest, producerId, records, group, offsets, others);
    }

    /** The same, once all offsets are written. */
    PublicationRecord withoutOffsets() {
        return new PublicationRecord(state, job, staging, manifest, producerId, records, group, null, others);
    }

    /** The same, once another one has begun. */
    PublicationRecord withAnother() {
        return new PublicationRecord(state, job, staging, manifest, producerId, records, group, offsets, others + 1);
    }

    boolean isOpen() {
        return state == PublicationState.OPEN;
    }
}
