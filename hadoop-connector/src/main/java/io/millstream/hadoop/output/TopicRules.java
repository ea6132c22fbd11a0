package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What leaders take for a topic, by its settings, wherever these come from.
 *
 * @param compacted whether it takes no record without a key
 * @param maxBatchBytes its largest batch, in bytes
 */
record TopicRules(TopicName topic, boolean compacted, long maxBatchBytes) {

    private static final String POLICY = "cleanup.policy";
    private static final String MAX_BYTES = "max.message.bytes";

    /** The settings that say so. */
    static final List<String> SETTINGS = List.of(POLICY, MAX_BYTES);

    static TopicRules of(TopicName topic, Map<String, String> settings) {
        String max = settings.get(MAX_BYTES);
        return new TopicRules(
                topic,
                settings.getOrDefault(POLICY, "").contains("compact"),
                max == null ? Long.MAX_VALUE : Long.parseLong(max));
    }

    /** Why a leader would refuse a batch, and what to do; empty if it would not. */
    Optional<String> objection(StagedBatch batch) {
        if (batch.bytes().length > maxBatchBytes) {
            return Optional.of("a batch of " + batch.bytes().length + " bytes for partition " + batch.partition() + "; "
                    + MAX_BYTES + " is " + maxBatchBytes + ": raise it, or lower " + OutputKey.BATCH_BYTES.key());
        }
        if (compacted && hasRecordWithoutKey(batch)) {
            return Optional.of("a record without a key for partition " + batch.partition()
                    + ", whose topic is compacted by key: change its " + POLICY + ", or write keys");
        }
        return Optional.empty();
    }

    /** Leaders look into what is not compressed, and no further. */
    private static boolean hasRecordWithoutKey(StagedBatch staged) {
        RecordBatch batch = RecordBatch.at(Unpooled.wrappedBuffer(staged.bytes()));
        if (batch.codec() != Codec.NONE) {
            return false;
        }
        try (RecordIterator records = batch.records()) {
            while (records.hasNext()) {
                if (records.next().key() == null) {
                    return true;
                }
            }
        }
        return false;
    }
}
