package io.millstream.broker.log;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.stream.LongStream;

/** What a log remembers of one idempotent producer: its epoch and its last five batches. */
final class ProducerEntry {

    /** Requests that Kafka's clients have under way at most: any of their batches may come again. */
    static final int BATCHES = 5;

    static final int ENCODED_BYTES = 8 + 2 + 8 + 4 + BATCHES * (4 + 4 + 8 + 8);

    private final long producerId;
    private short epoch;
    private long lastUsedMillis;
    private int batches;

    // The last batches, the oldest first.
    private final int[] firstSequences = new int[BATCHES];
    private final int[] lastSequences = new int[BATCHES];
    private final long[] baseOffsets = new long[BATCHES];
    private final long[] appendTimes = new long[BATCHES];

    ProducerEntry(long producerId, short epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    long lastUsedMillis() {
        return lastUsedMillis;
    }

    /** Whether no batch of this epoch is known. */
    boolean isEmpty() {
        return batches == 0;
    }

    /** The sequence after {@code sequence}: 0 after 2^31-1. */
    static int after(int sequence) {
        return sequence == Integer.MAX_VALUE ? 0 : sequence + 1;
    }

    /** The sequence of a batch's last record. */
    static int last(int firstSequence, int lastOffsetDelta) {
        // Wraps at 2^31, so the sign bit is all that has to go.
        return (firstSequence + lastOffsetDelta) & Integer.MAX_VALUE;
    }

    /** The sequence that must come next; only if not {@link #isEmpty empty}. */
    int expectedSequence() {
        return after(lastSequences[batches - 1]);
    }

    /** Which of the last batches this one repeats; -1 if none. */
    int find(int firstSequence, int lastSequence) {
        for (int i = batches - 1; i >= 0; i--) {
            if (firstSequences[i] == firstSequence && lastSequences[i] == lastSequence) {
                return i;
            }
        }
        return -1;
    }

    /** How many of the last batches are known. */
    int batches() {
        return batches;
    }

    int firstSequence(int batch) {
        return firstSequences[batch];
    }

    int lastSequence(int batch) {
        return lastSequences[batch];
    }

    /** Of all batches that are known. */
    LongStream baseOffsets() {
        return Arrays.stream(baseOffsets, 0, batches);
    }

    long baseOffset(int batch) {
        return baseOffsets[batch];
    }

    /** The time the broker gave the batch; -1 if the producer set its time. */
    long appendTime(int batch) {
        return appendTimes[batch];
    }

    /** Takes note of a batch that is in the log. A new epoch forgets those of the old one. */
    void add(short batchEpoch, int firstSequence, int lastSequence, long baseOffset, long appendTime) {
        if (batchEpoch != epoch) {
            epoch = batchEpoch;
            batches = 0;
        }
        if (batches == BATCHES) {
            batches--;
            System.arraycopy(firstSequences, 1, firstSequences, 0, batches);
            System.arraycopy(lastSequences, 1, lastSequences, 0, batches);
            System.arraycopy(baseOffsets, 1, baseOffsets, 0, batches);
            System.arraycopy(appendTimes, 1, appendTimes, 0, batches);
        }
        firstSequences[batches] = firstSequence;
        lastSequences[batches] = lastSequence;
        baseOffsets[batches] = baseOffset;
        appendTimes[batches] = appendTime;
        batches++;
    }

    void used(long nowMillis) {
        lastUsedMillis = nowMillis;
    }

    void write(ByteBuf out) {
        out.writeLong(producerId).writeShort(epoch).writeLong(lastUsedMillis).writeInt(batches);
        for (int i = 0; i < BATCHES; i++) {
            out.writeInt(firstSequences[i]).writeInt(lastSequences[i]);
            out.writeLong(baseOffsets[i]).writeLong(appendTimes[i]);
        }
    }

    static ProducerEntry read(ByteBuf in) {
        ProducerEntry entry = new ProducerEntry(in.readLong(), in.readShort());
        entry.lastUsedMillis = in.readLong();
        entry.batches = Math.min(BATCHES, Math.max(0, in.readInt()));
        for (int i = 0; i < BATCHES; i++) {
            entry.firstSequences[i] = in.readInt();
            entry.lastSequences[i] = in.readInt();
            entry.baseOffsets[i] = in.readLong();
            entry.appendTimes[i] = in.readLong();
        }
        return entry;
    }
}
