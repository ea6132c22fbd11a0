package io.millstream.broker.log;

import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One partition's records on disk.
 *
 * <p>Safe for use by several threads: changes take the log's one short lock, reads take none. What may block for long or
 * decompress says so, and belongs on a worker. A failing disk is a {@link StorageException}; answers to clients are
 * values.
 */
public final class PartitionLog {

    private static final String UNFINISHED = "not built yet";

    private PartitionLog() {}

    public TopicPartition partition() {
        return unfinished();
    }

    /** The topic's id: a deleted and re-created topic has another one. */
    public UUID topicId() {
        return unfinished();
    }

    /** What the log holds now. */
    public LogView view() {
        return unfinished();
    }

    /** Everything below this offset is on disk, as far as the disk tells the truth. */
    public long flushedOffset() {
        return unfinished();
    }

    public LogConfig config() {
        return unfinished();
    }

    /** Uses other settings from now on. */
    public void configure(LogConfig config) {
        unfinished();
    }

    /**
     * Appends batches as leader: all of them or none, in one write. Verifies each batch first (outside the lock), drops
     * what an idempotent producer sent before, stamps offsets and epoch in place.
     *
     * @param records whole batches one after the other; belongs to the caller, who must not share it before this returns
     * @param leaderEpoch the term this broker leads in
     * @throws StorageException if the records could not be written; nothing of them is in the log then
     */
    public Appended append(ByteBuf records, int leaderEpoch) {
        return unfinished();
    }

    /**
     * Begins a leader's term: what is appended from now on belongs to it. On disk when this returns, so call it from a
     * worker, before the first append of the term.
     */
    public void beginTerm(int leaderEpoch) {
        unfinished();
    }

    /**
     * Finds records to send. Takes no lock and reads a few KB of index and headers at most.
     *
     * @param offset of the first record wanted; the region begins with the batch that holds it
     * @param maxBytes size of the region at most, unless {@code first} says otherwise
     * @param upToOffset exclusive: no batch that reaches this offset is returned
     * @return never null; to be released
     */
    public LogSlice read(long offset, int maxBytes, long upToOffset, FirstBatch first) {
        return unfinished();
    }

    /**
     * The first record, by offset, whose timestamp is at or after {@code timestamp}. May decompress a batch: for workers.
     *
     * @param upToOffset exclusive: records from here on do not count
     */
    public Optional<TimestampedOffset> firstAtOrAfter(long timestamp, long upToOffset) {
        return unfinished();
    }

    /**
     * The first record that has the largest timestamp of all (KIP-734). May decompress a batch: for workers.
     *
     * @param upToOffset exclusive: records from here on do not count
     */
    public Optional<TimestampedOffset> latestByTime(long upToOffset) {
        return unfinished();
    }

    /**
     * Cuts a stretch into chunks at batch borders, from the indexes. Reads little, but many files if the stretch has many
     * segments: for workers.
     *
     * @param from inclusive; raised to the log's start
     * @param to exclusive; lowered to the log's end
     * @param targetBytes about how large each chunk should be, positive
     * @return chunks in order; the first may begin before {@code from}, where its batch begins; empty if nothing is there
     */
    public List<OffsetChunk> ranges(long from, long to, long targetBytes) {
        return unfinished();
    }

    /**
     * Forgets what is below {@code offset} ({@code DeleteRecords}); on disk when this returns, so for workers.
     *
     * @return the log's start offset afterwards: never lower than before, never above the end
     */
    public long advanceStart(long offset) {
        return unfinished();
    }

    /**
     * Deletes segments that the settings no longer keep. For workers.
     *
     * @param upToOffset exclusive: nothing from here on is deleted (the high watermark, or a hold)
     * @return bytes deleted
     */
    public long applyRetention(long upToOffset) {
        return unfinished();
    }

    /**
     * Forces to disk what the log holds now. For workers; several callers share one fsync.
     *
     * @return {@link #flushedOffset} afterwards
     */
    public long flush() {
        return unfinished();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // until the bodies are here
    private static <T> T unfinished() {
        throw new IllegalStateException(UNFINISHED);
    }
}
