package io.millstream.broker.log;

/**
 * What a log knows of an idempotent producer.
 *
 * @param lastSequence of the last record that the log has of it in this epoch; -1 if it has none
 * @param lastUsedMillis when its last batch was appended here, in ms since the epoch
 */
public record ProducerState(long producerId, short epoch, int lastSequence, long lastUsedMillis) {

    /** No record of this epoch. */
    public static final int NO_SEQUENCE = -1;

    static ProducerState of(ProducerEntry entry) {
        int last = entry.isEmpty() ? NO_SEQUENCE : entry.lastSequence(entry.batches() - 1);
        return new ProducerState(entry.producerId(), entry.epoch(), last, entry.lastUsedMillis());
    }
}
