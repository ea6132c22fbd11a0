package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What one log must hold, as far as whoever used it can know: what was appended, what of it was said to be on disk, and
 * what an operation that never came to its end may have done.
 */
final class ExpectedLog {

    /** A batch as it was written, header and all. */
    record Batch(long base, long next, long producerId, int producerEpoch, int sequence, ByteBuffer bytes) {

        /** The batches in a buffer. */
        static List<Batch> all(ByteBuf in) {
            List<Batch> found = new ArrayList<>();
            for (int index = in.readerIndex(); index < in.writerIndex(); ) {
                RecordBatch batch = RecordBatch.at(in, index, in.writerIndex());
                batch.ensureIntact();
                byte[] bytes = new byte[batch.sizeInBytes()];
                in.getBytes(index, bytes);
                found.add(new Batch(
                        batch.baseOffset(),
                        batch.nextOffset(),
                        batch.producerId(),
                        batch.producerEpoch(),
                        batch.baseSequence(),
                        ByteBuffer.wrap(bytes)));
                index = batch.endIndex();
            }
            return found;
        }

        @Override
        public String toString() {
            return base + ".." + (next - 1);
        }
    }

    /** How the last use of the log ended. */
    enum Stop {
        CLEAN,
        KILLED,
        POWER_LOST
    }

    final UUID topicId;
    final List<Batch> batches = new ArrayList<>();
    private final Map<Long, Integer> epochs = new HashMap<>(); // of producers

    long start;
    long end;
    long flushed; // what is below has been said to be on disk
    int leaderEpoch = 1;

    // What an operation that is under way may lead to.
    List<Batch> mayFollow = List.of();
    long lowestEnd = Long.MAX_VALUE;
    long highestStart;
    boolean mayBeGone;

    ExpectedLog(UUID topicId) {
        this.topicId = topicId;
    }

    /** What was under way is done. */
    void settled(PartitionLog log) {
        end = log.view().endOffset();
        start = log.view().startOffset();
        batches.removeIf(batch -> batch.next > end);
        flushed = Math.max(Math.min(flushed, end), log.flushedOffset());
        mayFollow = List.of();
        lowestEnd = Long.MAX_VALUE;
        highestStart = start;
        mayBeGone = false;
    }

    /** Checks what has been found after a stop, and goes on from there. */
    void check(PartitionLog log, Stop stop) {
        assertThat(log.topicId()).isEqualTo(topicId);
        long foundStart = log.view().startOffset();
        long foundEnd = log.view().endOffset();
        long least = Math.min(stop == Stop.POWER_LOST ? flushed : end, lowestEnd);
        long most = mayFollow.isEmpty() ? end : mayFollow.get(mayFollow.size() - 1).next;
        assertThat(foundEnd).as("end").isBetween(Math.max(least, foundStart), Math.max(most, foundStart));
        // A cut may go below the start, and takes it along.
        assertThat(foundStart).as("start").isBetween(Math.min(start, lowestEnd), Math.max(start, highestStart));
        List<Batch> expected = new ArrayList<>(batches);
        expected.addAll(mayFollow);
        expected.removeIf(batch -> batch.next <= foundStart || batch.next > foundEnd);
        assertThat(read(log)).as("content").isEqualTo(expected);
        if (stop == Stop.CLEAN) {
            assertThat(log.flushedOffset()).isEqualTo(foundEnd);
        }
        batches.addAll(mayFollow);
        if (foundStart == foundEnd && foundEnd < most) {
            // Producers' last batches may have been lost with what nobody can read any more: they begin anew.
            epochs.replaceAll((id, epoch) -> epoch + 1);
        }
        settled(log);
    }

    /** Every batch that has something to read, as it is in the log. */
    private static List<Batch> read(PartitionLog log) {
        List<Batch> found = new ArrayList<>();
        long next = log.view().startOffset();
        while (true) {
            LogSlice slice = log.read(next, 1 << 20, Long.MAX_VALUE, FirstBatch.ALWAYS);
            try {
                if (slice.isEmpty()) {
                    return found;
                }
                found.addAll(Batch.all(slice.copy(TestBatches.HEAP)));
                next = found.get(found.size() - 1).next;
            } finally {
                slice.release();
            }
        }
    }

    int producerEpoch(long producerId) {
        return epochs.computeIfAbsent(producerId, id -> 0);
    }

    /** The producer begins anew. */
    void newEpoch(long producerId) {
        epochs.merge(producerId, 1, Integer::sum);
    }

    /** The sequence with which the producer goes on. */
    int nextSequence(long producerId) {
        return batches.stream()
                .filter(batch -> batch.producerId == producerId && batch.producerEpoch == producerEpoch(producerId))
                .reduce((first, second) -> second)
                .map(batch -> (int) (batch.sequence + batch.next - batch.base))
                .orElse(0);
    }

    /** Batches that, sent again, must not be stored again. */
    List<Batch> remembered() {
        List<Batch> found = new ArrayList<>();
        for (long id : epochs.keySet()) {
            List<Batch> ofProducer = batches.stream()
                    .filter(batch -> batch.producerId == id && batch.producerEpoch == producerEpoch(id))
                    .toList();
            ofProducer.subList(Math.max(0, ofProducer.size() - ProducerEntry.BATCHES), ofProducer.size()).stream()
                    .filter(batch -> batch.base >= start)
                    .forEach(found::add);
        }
        return found;
    }
}
