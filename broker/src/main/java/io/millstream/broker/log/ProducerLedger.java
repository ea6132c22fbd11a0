package io.millstream.broker.log;

import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a log remembers of idempotent producers, so that a batch sent twice is stored once (KIP-98, KIP-360).
 *
 * <p>A producer that is not known may start anywhere: it may have been forgotten. A new epoch starts at 0. At most
 * {@link #MAX_PRODUCERS} are remembered, the longest unused ones go first. Under the log's lock.
 *
 * <p>A batch that is older than the five that are remembered, of records that all came, without a gap, is known to be stored, though
 * not where: {@code DUPLICATE_SEQUENCE_NUMBER}, which clients take for success. Kafka's brokers answer
 * {@code OUT_OF_ORDER_SEQUENCE_NUMBER}, until the producer gives up records that are stored.
 *
 * <p>As a file:
 *
 * <pre>
 *  0 magic int32 | 8 offset int64 (records below are counted in) | 20 crc32c int32 (of what follows) | 32 entries, the
 *  4 version     | 16 entries int32                              | 24 owner int64 (of the log)       |    longest unused first
 * </pre>
 */
final class ProducerLedger {

    /** Producers remembered per log: some 15 MB. */
    static final int MAX_PRODUCERS = 65_536;

    private static final int MAGIC = 0x4d535053; // "MSPS"
    private static final int VERSION = 3;
    private static final int VERSION_WITHOUT_RUNS = 2;
    private static final int CHECKED_FROM = 24;
    private static final int HEADER_BYTES = 32;

    /** Reads whatever log's. */
    static final long ANYBODY = 0;

    private final long owner;

    private final Map<Long, ProducerEntry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** Of no certain log. */
    ProducerLedger() {
        this.owner = ANYBODY;
    }

    ProducerLedger(PartitionMetadata owner) {
        this.owner = owner.ownerHash();
    }

    /** What speaks against appending this batch; empty if nothing does. */
    Optional<Appended> objection(RecordBatch batch) {
        ProducerEntry entry = entries.get(batch.producerId());
        if (entry == null) {
            return Optional.empty();
        }
        int sequence = batch.baseSequence();
        short epoch = batch.producerEpoch();
        if (epoch < entry.epoch()) {
            return Optional.of(Appended.refused(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "Producer " + batch.producerId() + " has epoch " + entry.epoch() + " by now; this is " + epoch));
        }
        if (epoch > entry.epoch()) {
            return sequence == 0 ? Optional.empty() : Optional.of(outOfOrder(batch, 0));
        }
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        int delta = batch.lastOffsetDelta();
        int known = entry.find(sequence, ProducerEntry.last(sequence, delta));
        if (known >= 0) {
            long base = entry.baseOffset(known);
            return Optional.of(Appended.before(base, base + delta + 1, entry.appendTime(known)));
        }
        if (sequence == entry.expectedSequence()) {
            return Optional.empty();
        }
        return Optional.of(
                entry.isLongStored(sequence, ProducerEntry.last(sequence, delta))
                        ? longStored(batch, entry)
                        : outOfOrder(batch, entry.expectedSequence()));
    }

    private static Appended longStored(RecordBatch batch, ProducerEntry entry) {
        return Appended.longBefore(
                entry.baseOffset(0),
                "Producer " + batch.producerId() + ", epoch " + batch.producerEpoch() + ": sequence "
                        + batch.baseSequence() + " is stored, too long ago to tell its offset");
    }

    private static Appended outOfOrder(RecordBatch batch, int expected) {
        return Appended.refused(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "Producer " + batch.producerId() + ", epoch " + batch.producerEpoch() + ": sequence "
                        + batch.baseSequence() + " where " + expected + " is expected");
    }

    /** Takes note of a batch that is in the log. */
    void remember(RecordBatch batch, long nowMillis) {
        int first = batch.baseSequence();
        long appendTime = batch.logAppendTime() ? batch.maxTimestamp() : Appended.NONE;
        entry(batch.producerId(), batch.producerEpoch(), nowMillis)
                .add(
                        batch.producerEpoch(),
                        first,
                        ProducerEntry.last(first, batch.lastOffsetDelta()),
                        batch.baseOffset(),
                        appendTime);
    }

    /** Takes note of a batch that was found in the log. */
    void remember(BatchCursor batch, long nowMillis) {
        if (batch.producerId() < 0 || batch.baseSequence() < 0) {
            return;
        }
        int first = batch.baseSequence();
        entry(batch.producerId(), batch.producerEpoch(), nowMillis)
                .add(
                        batch.producerEpoch(),
                        first,
                        ProducerEntry.last(first, batch.lastOffsetDelta()),
                        batch.baseOffset(),
                        batch.appendTime());
    }

    /** Base offsets of the batches that may be sent again: without their headers the log would take them twice. Sorted. */
    long[] rememberedBatches() {
        long[] offsets = entries.values().stream()
                .flatMapToLong(ProducerEntry::baseOffsets)
                .toArray();
        Arrays.sort(offsets);
        return offsets;
    }

    private ProducerEntry entry(long producerId, short epoch, long nowMillis) {
        ProducerEntry entry = entries.get(producerId);
        if (entry == null) {
            entry = new ProducerEntry(producerId, epoch);
            entries.put(producerId, entry);
            if (entries.size() > MAX_PRODUCERS) {
                Iterator<ProducerEntry> oldest = entries.values().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        entry.used(nowMillis);
        return entry;
    }

    /**
     * Forgets producers that have sent nothing since {@code millis}, but for those with a batch that is not committed: what may
     * come again because nobody could acknowledge it must be known again, however long that takes.
     *
     * @param committed offset that everything below is committed
     */
    void expire(long millis, long committed) {
        Iterator<ProducerEntry> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            ProducerEntry entry = oldest.next();
            if (entry.lastUsedMillis() >= millis) {
                return; // what lies behind it was asked about later
            }
            if (entry.isEmpty() || entry.baseOffset(entry.batches() - 1) < committed) {
                oldest.remove();
            }
        }
    }

    void clear() {
        entries.clear();
    }

    /** What is known, the producer that was silent for longest in front; not to be changed. */
    Collection<ProducerEntry> entries() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** What is known, for others. */
    List<ProducerState> states() {
        return entries.values().stream().map(ProducerState::of).toList();
    }

    int size() {
        return entries.size();
    }

    /** @param offset after the last record that is counted in */
    ByteBuf write(long offset) {
        ByteBuf out = Unpooled.buffer(HEADER_BYTES + entries.size() * ProducerEntry.ENCODED_BYTES);
        out.writeInt(MAGIC).writeInt(VERSION).writeLong(offset).writeInt(entries.size());
        out.writeInt(0).writeLong(owner);
        entries.values().forEach(entry -> entry.write(out));
        out.setInt(CHECKED_FROM - 4, checksum(out));
        return out;
    }

    /** Replaces what is known by what was written for {@code offset}; false, and nothing known, if it was not, or for another log. */
    boolean read(ByteBuf in, long offset) {
        entries.clear();
        if (in.readableBytes() < HEADER_BYTES
                || in.getInt(0) != MAGIC
                || entryBytes(in.getInt(4)) == 0
                || in.getLong(8) != offset
                || in.getInt(16) < 0
                || in.readableBytes() != HEADER_BYTES + (long) in.getInt(16) * entryBytes(in.getInt(4))
                || in.getInt(20) != checksum(in)
                || (owner != ANYBODY && in.getLong(CHECKED_FROM) != owner)) {
            return false;
        }
        boolean hasRun = in.getInt(4) == VERSION;
        in.skipBytes(HEADER_BYTES);
        while (in.isReadable()) {
            ProducerEntry entry = ProducerEntry.read(in, hasRun);
            entries.put(entry.producerId(), entry);
        }
        return true;
    }

    /** Bytes of an entry in a version; 0 if it is none that is known. */
    private static int entryBytes(int version) {
        return switch (version) {
            case VERSION -> ProducerEntry.ENCODED_BYTES;
            case VERSION_WITHOUT_RUNS -> ProducerEntry.ENCODED_BYTES_2;
            default -> 0;
        };
    }

    private static int checksum(ByteBuf bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.nioBuffer(CHECKED_FROM, bytes.writerIndex() - CHECKED_FROM));
        return (int) crc.getValue();
    }
}
