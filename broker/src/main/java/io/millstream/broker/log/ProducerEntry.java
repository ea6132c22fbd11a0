package io.millstream.broker.log;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.stream.LongStream;

/** What a log remembers of one idempotent producer: its epoch, its last five batches, and how many records came without a gap. */
final class ProducerEntry {

    /** Requests that Kafka's clients have under way at most: any of their batches may come again. */
    static final int BATCHES = 5;

    static final int ENCODED_BYTES = 8 + 2 + 8 + 4 + 4 + BATCHES * (4 + 4 + 8 + 8);

    /** Bytes of an entry in snapshots of version 2, which do not have the run. */
    static final int ENCODED_BYTES_2 = ENCODED_BYTES - 4;

    /** Half of all sequences: of what lies further back it cannot be told whether it is behind or ahead. */
    private static final int LONGEST_RUN = 1 << 30;

    private final long producerId;
    private short epoch;
    private long lastUsedMillis;
    private int batches;
    private int run; // records of this epoch up to the last one without a gap between their sequences

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

    /**
     * Whether the log got all of a batch's records before the last batches that it remembers. A producer sends such a batch when
     * the leader that stored it did not answer: its successor took what came next meanwhile, while this waited for its time-out.
     */
    boolean isLongStored(int firstSequence, int lastSequence) {
        int end = expectedSequence();
        int behind = back(end, firstSequence); // records from the batch's first one to the last that is stored
        int remembered = back(end, firstSequences[0]);
        return behind <= run && back(end, lastSequence) > remembered && back(end, lastSequence) <= behind;
    }

    /** How many sequences {@code sequence} lies before {@code end}, where they wrap. */
    private static int back(int end, int sequence) {
        return (end - sequence) & Integer.MAX_VALUE;
    }

    /** How many records of this epoch came without a gap, up to the last one; no more than are of use. */
    int run() {
        return run;
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
        boolean goesOn = batches > 0 && firstSequence == expectedSequence();
        run = Math.min(LONGEST_RUN, (goesOn ? run : 0) + back(after(lastSequence), firstSequence));
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
        out.writeLong(producerId)
                .writeShort(epoch)
                .writeLong(lastUsedMillis)
                .writeInt(run)
                .writeInt(batches);
        for (int i = 0; i < BATCHES; i++) {
            out.writeInt(firstSequences[i]).writeInt(lastSequences[i]);
            out.writeLong(baseOffsets[i]).writeLong(appendTimes[i]);
        }
    }

    /** @param hasRun whether it was written with its run; without, the last batches tell */
    static ProducerEntry read(ByteBuf in, boolean hasRun) {
        ProducerEntry entry = new ProducerEntry(in.readLong(), in.readShort());
        long lastUsedMillis = in.readLong();
        int run = hasRun ? in.readInt() : 0;
        int batches = Math.min(BATCHES, Math.max(0, in.readInt()));
        for (int i = 0; i < BATCHES; i++) {
            int first = in.readInt();
            int last = in.readInt();
            long baseOffset = in.readLong();
            long appendTime = in.readLong();
            if (i < batches) {
                entry.add(entry.epoch, first, last, baseOffset, appendTime);
            }
        }
        if (hasRun) {
            entry.run = run;
        }
        entry.used(lastUsedMillis);
        return entry;
    }
}
