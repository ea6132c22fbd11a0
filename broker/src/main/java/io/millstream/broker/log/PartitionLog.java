package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * One partition's records on disk.
 *
 * <p>Safe for use by several threads: appends take the log's one short lock, reads take none. What may block for long or
 * decompress says so, and belongs on a worker; such work on one log excludes each other, not appends and reads. A failing
 * disk is a {@link StorageException}; answers to clients are values.
 */
public final class PartitionLog {

    private final LogContext context;
    private final Path directory;
    private final PartitionMetadata metadata;
    private final LogFlush flush;
    private final LogTrim trim;
    private final LogCompaction compaction;
    private final LogHead head; // except for its view, guarded by lock
    private final FollowerLog follower;
    final Flusher.Turns turns = new Flusher.Turns();

    /** Excludes slow work (flush, truncation, retention) from each other; taken before {@link #lock}. */
    final Object maintenance = new Object();

    /** Guards every change of what readers see; held for one write at most. */
    final Object lock = new Object();

    private volatile LogConfig config;
    private volatile LongConsumer flushListener = offset -> {};
    private volatile boolean closed;

    PartitionLog(LogContext context, Recovered recovered, LogConfig config) {
        this.context = context;
        this.directory = recovered.directory();
        this.metadata = recovered.metadata();
        this.config = config;
        this.flush = new LogFlush(context, recovered);
        this.trim = new LogTrim(context, recovered, flush);
        this.compaction = new LogCompaction(context, recovered, flush, trim);
        this.head = new LogHead(context, recovered, flush);
        this.follower = new FollowerLog(this, head, trim, flush, compaction);
    }

    public TopicPartition partition() {
        return metadata.partition();
    }

    /** The data directory that the log is in. */
    public Path dataDirectory() {
        return directory.getParent();
    }

    /** The topic's id: a deleted and re-created topic has another one. */
    public UUID topicId() {
        return metadata.topicId();
    }

    /** What the log holds now. */
    public LogView view() {
        return head.view();
    }

    /** Everything below this offset is on disk, as far as the disk tells the truth. */
    public long flushedOffset() {
        return flush.flushedOffset();
    }

    /** Everything below this offset counts as stored here: what is in the log, or what of it is on disk, as {@code flush} says. */
    public long storedOffset() {
        return config.flushing().mode() == FlushMode.COMMIT ? flush.flushedOffset() : view().endOffset();
    }

    public LogConfig config() {
        return config;
    }

    /** Uses other settings from now on. */
    public void configure(LogConfig other) {
        config = other;
    }

    /** Calls {@code listener} with {@link #flushedOffset} after each flush, on the thread that flushed. At most one. */
    public void onFlush(LongConsumer listener) {
        flushListener = listener;
    }

    /**
     * Appends batches as leader: all of them or none, in one write. Verifies each batch first (outside the lock), drops
     * what an idempotent producer sent before, stamps offsets and epoch in place.
     *
     * @param records whole batches one after the other; the caller must not share it before this returns
     * @param leaderEpoch the term this broker leads in
     * @throws StorageException if the records could not be written; nothing of them is in the log then
     */
    public Appended append(ByteBuf records, int leaderEpoch) {
        LogConfig rules = config;
        Intake intake = Intake.check(records, rules, context.clock().millis());
        if (intake.refusal() != null) {
            return intake.refusal();
        }
        LogHead.Roll roll;
        Appended outcome;
        synchronized (lock) {
            ensureOpen();
            outcome = head.append(records, intake, leaderEpoch, rules.rolling());
            roll = head.takeRoll();
        }
        appended(roll);
        return outcome;
    }

    /** What has been appended is still to be looked after. */
    void appended(LogHead.Roll roll) {
        if (roll != null) {
            context.later(() -> finish(roll));
        }
        context.flusher().appended(this, config.flushing());
    }

    /** What a roll leaves to be done, off the hot path. */
    private void finish(LogHead.Roll roll) {
        synchronized (maintenance) {
            if (!closed && head.stands(roll)) {
                trim.keepProducers(roll);
            }
        }
        context.flusher().soon(this);
    }

    /**
     * Begins a leader's term: what is appended from now on belongs to it. On disk when this returns, so call it from a
     * worker, before the first append of the term.
     *
     * @throws StorageException if it cannot be written, or the data directory is offline
     */
    public void beginTerm(int leaderEpoch) {
        // Who leads must have a disk, also in a term that the log knows already: this fails if it is offline.
        boolean unused = context.disk().exists(directory);
        follower.finishCut();
        synchronized (lock) {
            ensureOpen();
            head.lineage().begin(leaderEpoch, view().endOffset());
        }
    }

    /** The log as a follower changes it. */
    public FollowerLog follower() {
        return follower;
    }

    /** The newest leader's term in the log; -1 if there is none. */
    public int latestEpoch() {
        return head.lineage().latest();
    }

    /**
     * Where the last term up to {@code epoch} ended (KIP-279). For an epoch older than all that the log knows, the answer
     * is that epoch itself, with the start of the oldest known as its end.
     *
     * @return empty for an epoch newer than all that the log knows, and for a negative one
     */
    public Optional<TermEnd> endOfTerm(int epoch) {
        synchronized (lock) { // the terms and the end belong together
            return head.lineage().endOfTerm(epoch, view().endOffset());
        }
    }

    /**
     * Where a follower's log is not this one (KIP-595): the last term up to the follower's that this log has, and where it
     * ended here; empty if the follower's log is a beginning of this one, as far as its last record tells.
     *
     * @param lastEpoch of the follower's last record; -1 if it has none
     * @param end of the follower's log
     */
    public Optional<TermEnd> divergence(int lastEpoch, long end) {
        if (lastEpoch < 0 || (lastEpoch == latestEpoch() && end <= view().endOffset())) {
            return Optional.empty();
        }
        return endOfTerm(Math.min(lastEpoch, latestEpoch()))
                .filter(here -> here.epoch() != lastEpoch || here.endOffset() < end);
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
        return steady(now -> {
            LogReader.Wish wish = new LogReader.Wish(offset, maxBytes, upToOffset, first, flush.gapsInsideBelow());
            return LogReader.read(now, wish);
        });
    }

    /**
     * The first record, by offset, whose timestamp is at or after {@code timestamp}. May decompress a batch: for workers.
     *
     * @param upToOffset exclusive: records from here on do not count
     */
    public Optional<TimestampedOffset> firstAtOrAfter(long timestamp, long upToOffset) {
        return steady(now -> new TimeSearch(now, upToOffset).firstAtOrAfter(timestamp));
    }

    /**
     * The first record that has the largest timestamp of all (KIP-734). May decompress a batch: for workers.
     *
     * @param upToOffset exclusive: records from here on do not count
     */
    public Optional<TimestampedOffset> latestByTime(long upToOffset) {
        return steady(now -> new TimeSearch(now, upToOffset).latest());
    }

    /**
     * Cuts a stretch into chunks at batch borders, from the indexes. Reads little, but many files if the stretch has many
     * segments: for workers.
     *
     * @param from inclusive; raised to the log's start
     * @param to exclusive; lowered to the log's end
     * @param targetBytes about how large a chunk should be, positive; larger if there would be more than 10,000
     * @return chunks in order; the first may begin before {@code from}, where its batch begins; empty if nothing is there
     */
    public List<OffsetChunk> ranges(long from, long to, long targetBytes) {
        return steady(now -> new RangePlan(now, to).chunks(from, targetBytes));
    }

    /** Reads from a view; again from a newer one if the segments it needed have been taken away meanwhile. */
    private <T> T steady(Function<LogView, T> read) {
        while (true) {
            LogView now = view();
            try {
                return read.apply(now);
            } catch (StorageException e) {
                if ((e.kind() != Kind.CLOSED && e.kind() != Kind.DAMAGED) || now.sameSegments(settledView())) {
                    throw e;
                }
            }
        }
    }

    /** The view after the change that may be under way. */
    LogView settledView() {
        synchronized (lock) {
            ensureOpen();
            return view();
        }
    }

    /**
     * Forgets what is below {@code offset} ({@code DeleteRecords}); on disk when this returns, so for workers.
     *
     * @return the log's start offset afterwards: never lower than before, never above the end
     */
    public long advanceStart(long offset) {
        synchronized (maintenance) {
            ensureOpen();
            compaction.settle();
            long start = Math.min(offset, view().endOffset());
            if (start > view().startOffset()) {
                dropBelow(start);
            }
            return view().startOffset();
        }
    }

    /** Under the maintenance monitor. The new start is on disk before the first file goes. */
    private void dropBelow(long start) {
        trim.makingRoom(view(), start, () -> trim.saveStart(view(), start));
        List<Segment> gone;
        synchronized (lock) {
            gone = head.dropBelow(start);
        }
        gone.forEach(Segment::delete);
        trim.forgetProducersBelow(view().segment(0).baseOffset());
    }

    /**
     * Deletes segments that the settings no longer keep, if they let age and size decide. For workers.
     *
     * @param upToOffset exclusive: nothing from here on is deleted (the high watermark, or a hold)
     * @return bytes deleted
     */
    public long applyRetention(long upToOffset) {
        synchronized (maintenance) {
            ensureOpen();
            compaction.settle();
            if (!config.cleanup().policy().deletes()) {
                return 0;
            }
            LogView now = view();
            int count = trim.expired(now, config.keeping(), upToOffset);
            if (count == 0) {
                return 0;
            }
            if (count == now.segmentCount()) {
                startAnew();
            }
            dropBelow(Math.max(now.end(count - 1), now.startOffset()));
            return now.sizeInBytes(0, count);
        }
    }

    /** Lets the last segment go too: another takes its place. What it told of producers is kept beside it. */
    private void startAnew() {
        LogHead.Roll roll;
        synchronized (lock) {
            head.roll();
            roll = head.takeRoll();
        }
        trim.makingRoom(view(), roll.offset(), () -> trim.keepProducers(roll.offset(), roll.producers()));
    }

    /**
     * Whether compaction is due. For workers: looks into the dirty segments.
     *
     * @param upToOffset exclusive: nothing from here on is touched (the high watermark, or a hold)
     */
    public CompactionNeed compactionNeed(long upToOffset) {
        LogConfig rules = config;
        if (!rules.cleanup().policy().compacts()) {
            return CompactionNeed.NONE;
        }
        rollIfOlderThan(rules.cleanup().maxLagMillis());
        return steady(now -> compaction.need(now, rules, upToOffset));
    }

    /** What is appended to is never compacted: what waits too long must not be there. */
    private void rollIfOlderThan(long millis) {
        LogHead.Roll roll;
        synchronized (lock) {
            ensureOpen();
            head.rollIfOlderThan(millis);
            roll = head.takeRoll();
        }
        if (roll != null) {
            finish(roll);
        }
    }

    /**
     * Begins a compaction, if it is due and none is under way. For workers.
     *
     * @param upToOffset as in {@link #compactionNeed}
     * @return to be driven and closed by the caller
     */
    public Optional<Compaction> compact(long upToOffset, Compaction.Memory memory) {
        LogConfig rules = config;
        if (!rules.cleanup().policy().compacts()) {
            return Optional.empty();
        }
        ensureOpen();
        return steady(now -> compaction.begin(this, now, compaction.need(now, rules, upToOffset), memory));
    }

    /** Puts a segment in the place of neighbours; false, and nothing done, if they are no longer the log's. */
    boolean exchange(Compaction pass, GroupRewrite.Group group, Segment fresh) {
        synchronized (maintenance) {
            ensureOpen();
            compaction.settle();
            if (!compaction.isUnderWay(pass) || !view().holds(group.segments())) {
                return false;
            }
            compaction.exchange(group, fresh, () -> {
                synchronized (lock) {
                    head.publish(view().with(fresh, group.segments()));
                }
            });
            return true;
        }
    }

    /** A pass is complete. */
    void compactedTo(Compaction pass, CompactionPoint point) {
        synchronized (maintenance) {
            ensureOpen();
            compaction.complete(pass, point);
        }
    }

    /** See {@link ProducerLedger#rememberedBatches}. */
    long[] rememberedBatches() {
        synchronized (lock) {
            return head.producers().rememberedBatches();
        }
    }

    /** The idempotent producers that are remembered, the one that was silent for longest in front. */
    public List<ProducerState> producers() {
        synchronized (lock) {
            return head.producers().states();
        }
    }

    /** Forgets producers idle for {@code idleMillis} ({@code producer.id.expiration.ms}) whose last batch is committed. */
    public void expireProducers(long idleMillis, long highWatermark) {
        synchronized (lock) {
            head.producers().expire(context.clock().millis() - idleMillis, highWatermark);
        }
    }

    /** As {@link FollowerLog#truncateTo(long)}. */
    public long truncateTo(long offset) {
        return follower.truncateTo(offset);
    }

    /**
     * Reads stored batches through and checks each: its checksum, its offsets against its neighbours', its leader epoch
     * against the lineage. Takes no lock; for workers.
     *
     * @param offset of the first record to check
     * @param upToOffset exclusive
     * @param maxBytes to read about, positive: a whole batch at least
     * @return where to go on: {@code upToOffset}, or the log's end, or above, once all is checked
     * @throws StorageException of kind {@link Kind#DAMAGED} with the file and the position of what is not as it was written
     */
    public long verify(long offset, long upToOffset, int maxBytes) {
        return steady(now -> new LogVerification(now, head.lineage()::epochAt, flush.gapsInsideBelow())
                .run(offset, upToOffset, maxBytes));
    }

    /**
     * Forces to disk what the log holds now. For workers; several callers share one fsync.
     *
     * @return {@link #flushedOffset} afterwards
     */
    public long flush() {
        long flushed;
        synchronized (maintenance) {
            ensureOpen();
            flushed = flush.flush(view());
        }
        flushListener.accept(flushed);
        return flushed;
    }

    /** Closes files that nobody has used since the last call; they are opened again when needed. For workers. */
    public void closeIdleFiles() {
        for (Segment segment : view().segments()) {
            segment.closeIfIdle();
        }
    }

    /** Flushes and closes; everything fails from now on. Closing twice does nothing. */
    Optional<ClosedLog> close() {
        synchronized (maintenance) {
            synchronized (lock) {
                if (closed) {
                    return Optional.empty();
                }
                closed = true;
            }
            LogView last = view();
            try {
                if (head.cutPending()) {
                    return Optional.empty(); // recovery does the rest
                }
                ClosedLog end = flush.finish(last);
                trim.keepProducers(last.endOffset(), head.producers().write(last.endOffset()));
                return Optional.of(end);
            } finally {
                view().closeSegments();
            }
        }
    }

    /** Closes without flushing: the log is about to be deleted, or its disk has failed. */
    void abandon() {
        synchronized (maintenance) {
            synchronized (lock) {
                closed = true;
            }
            view().closeSegments();
        }
    }

    /** @throws StorageException of kind {@link Kind#CLOSED} if the log is closed */
    void ensureOpen() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, directory, "the log is closed");
        }
    }

    Path directory() {
        return directory;
    }
}
