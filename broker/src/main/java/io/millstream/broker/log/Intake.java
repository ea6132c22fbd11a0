package io.millstream.broker.log;

import io.millstream.core.Limits;
import io.millstream.record.Codec;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The batches that a client wants to append, checked as far as headers and checksums go. The records inside are the
 * consumers' business: nothing is decompressed here. Where compaction needs keys, uncompressed records without one are
 * refused.
 */
final class Intake {

    /** Length, attributes, two deltas, key and value lengths, header count: a byte each at least. */
    private static final int SMALLEST_RECORD = 7;

    private final List<RecordBatch> batches = new ArrayList<>(1);
    private final LogConfig.Accepting rules;
    private final boolean keyed;
    private final long nowMillis;

    private Appended refusal; // null while there is none
    private long offsets;

    private Intake(LogConfig config, long nowMillis) {
        this.rules = config.accepting();
        this.keyed = config.cleanup().policy().compacts();
        this.nowMillis = nowMillis;
    }

    /** Checks batches; where the broker sets the time, sets it. */
    static Intake check(ByteBuf records, LogConfig config, long nowMillis) {
        Intake intake = new Intake(config, nowMillis);
        int index = records.readerIndex();
        int end = records.writerIndex();
        try {
            do {
                RecordBatch batch = RecordBatch.at(records, index, end);
                intake.add(batch);
                index = batch.endIndex();
            } while (index < end && intake.refusal == null);
        } catch (CorruptBatchException e) {
            intake.refuse(ErrorCode.CORRUPT_MESSAGE, e.getMessage());
        }
        return intake;
    }

    private void add(RecordBatch batch) {
        if (batch.sizeInBytes() > rules.maxMessageBytes()) {
            refuse(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "A batch of " + batch.sizeInBytes() + " bytes; max.message.bytes is " + rules.maxMessageBytes());
            return;
        }
        batch.ensureIntact();
        batches.add(batch);
        offsets += batch.recordCount();
        checkCounts(batch);
        checkProducer(batch);
        checkKeys(batch);
        if (rules.timestampType() == TimestampType.LOG_APPEND_TIME) {
            batch.stampLogAppendTime(nowMillis);
        } else {
            checkTimes(batch);
        }
    }

    private void checkCounts(RecordBatch batch) {
        int count = batch.recordCount();
        int body = batch.codec() == Codec.NONE
                ? batch.sizeInBytes() - RecordBatch.HEADER_BYTES
                : Limits.DECOMPRESSED_BYTES;
        if (count < 1 || batch.lastOffsetDelta() != count - 1 || count > body / SMALLEST_RECORD) {
            refuse(
                    ErrorCode.INVALID_RECORD,
                    "A batch of " + batch.sizeInBytes() + " bytes with " + count
                            + " records and a last offset delta of " + batch.lastOffsetDelta());
        } else if (offsets > Integer.MAX_VALUE) {
            refuse(ErrorCode.INVALID_RECORD, offsets + " records in one request");
        }
    }

    private void checkProducer(RecordBatch batch) {
        if (batch.control() || batch.transactional()) {
            refuse(ErrorCode.INVALID_RECORD, "Transactions are not supported");
        } else if (batch.producerId() != RecordBatch.NO_PRODUCER_ID) {
            if (batch.producerId() < 0 || batch.producerEpoch() < 0 || batch.baseSequence() < 0) {
                refuse(
                        ErrorCode.INVALID_RECORD,
                        "Producer " + batch.producerId() + ", epoch " + batch.producerEpoch() + ", sequence "
                                + batch.baseSequence() + ": none may be negative");
            } else if (batches.size() > 1) {
                refuseSeveral();
            }
        } else if (batches.size() > 1 && batches.get(0).producerId() != RecordBatch.NO_PRODUCER_ID) {
            refuseSeveral();
        }
    }

    private void checkKeys(RecordBatch batch) {
        if (batch.deleteHorizonMillis().isPresent()) {
            refuse(ErrorCode.INVALID_RECORD, "A producer's batch says when its tombstones may go");
        } else if (keyed && refusal == null && batch.codec() == Codec.NONE) {
            try (RecordIterator records = batch.records()) {
                while (records.hasNext()) {
                    if (records.next().key() == null) {
                        refuse(ErrorCode.INVALID_RECORD, "A record without a key, in a topic that is compacted by key");
                        return;
                    }
                }
            }
        }
    }

    private void refuseSeveral() {
        refuse(
                ErrorCode.INVALID_RECORD,
                "An idempotent producer's batch must be alone in the request for its partition");
    }

    private void checkTimes(RecordBatch batch) {
        long oldest = nowMillis - rules.timestampBeforeMaxMillis();
        long newest = nowMillis + Math.min(rules.timestampAfterMaxMillis(), Long.MAX_VALUE - nowMillis);
        long first = batch.baseTimestamp();
        long latest = batch.maxTimestamp();
        if (batch.logAppendTime()) {
            refuse(ErrorCode.INVALID_TIMESTAMP, "A producer's batch says that the broker set its time");
        } else if (latest > newest) {
            refuse(ErrorCode.INVALID_TIMESTAMP, "Timestamp " + latest + " is after " + newest);
        } else if (first != RecordBatch.NO_TIMESTAMP && first < oldest) {
            refuse(ErrorCode.INVALID_TIMESTAMP, "Timestamp " + first + " is before " + oldest);
        }
    }

    private void refuse(ErrorCode error, String message) {
        if (refusal == null) {
            refusal = Appended.refused(error, message);
        }
    }

    /** Why the batches cannot be appended; null if they can. */
    Appended refusal() {
        return refusal;
    }

    List<RecordBatch> batches() {
        return batches;
    }

    /** When they were checked; where the broker sets the time, theirs. */
    long nowMillis() {
        return nowMillis;
    }

    /** How many offsets the batches need. */
    long offsets() {
        return offsets;
    }
}
