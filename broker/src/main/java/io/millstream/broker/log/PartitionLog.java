package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.TopicPartition;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final EpochLineage lineage;
    private final ProducerLedger producers; // guarded by lock
    private final LogFlush flush;
    private final LogTrim trim;
    private final AtomicBoolean flushTicket = new AtomicBoolean();
    private final AtomicBoolean flushTimer = new AtomicBoolean();

    /** Excludes slow work (flush, truncation, retention) from each other; taken before {@link #lock}. */
    private final Object maintenance = new Object();

    /** Guards every change of what readers see; held for one write at most. */
    private final Object lock = new Object();

    private volatile LogView view;
    private volatile LogConfig config;
    private volatile LongConsumer flushListener = offset -> {};
    private volatile boolean closed;

    // Guarded by lock.
    private long activeSinceMillis;
    private Runnable afterwards; // what a roll leaves to be done; null if nothing

    PartitionLog(LogContext context, Recovered recovered, LogConfig config) {
        this.context = context;
        this.directory = recovered.directory();
        this.metadata = recovered.metadata();
        this.lineage = recovered.lineage();
        this.producers = recovered.ledger();
        this.config = config;
        this.view = new LogView(
                recovered.segments().toArray(new Segment[0]),
                recovered.state().logStartOffset(),
                recovered.endOffset());
        this.flush = new LogFlush(context, recovered);
        this.trim = new LogTrim(context, directory, flush);
        this.activeSinceMillis = firstTime(view.last());
    }

    private long firstTime(Segment active) {
        long now = context.clock().millis();
        if (active.size() == 0) {
            return now;
        }
        active.retain();
        try {
            long first = active.seek(active.baseOffset(), active.size()).maxTimestamp();
            return first < 0 ? now : Math.min(first, now);
        } finally {
            active.release();
        }
    }

    public TopicPartition partition() {
        return metadata.partition();
    }

    /** The topic's id: a deleted and re-created topic has another one. */
    public UUID topicId() {
        return metadata.topicId();
    }

    /** What the log holds now. */
    public LogView view() {
        return view;
    }

    /** Everything below this offset is on disk, as far as the disk tells the truth. */
    public long flushedOffset() {
        return flush.flushedOffset();
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
     * @param records whole batches one after the other; belongs to the caller, who must not share it before this returns
     * @param leaderEpoch the term this broker leads in
     * @throws StorageException if the records could not be written; nothing of them is in the log then
     */
    public Appended append(ByteBuf records, int leaderEpoch) {
        LogConfig rules = config;
        long now = context.clock().millis();
        Intake intake = Intake.check(records, rules.accepting(), now);
        if (intake.refusal() != null) {
            return intake.refusal();
        }
        Appended outcome;
        Runnable rolled;
        synchronized (lock) {
            ensureOpen();
            try {
                outcome = append(records, intake, leaderEpoch, now);
            } finally {
                rolled = afterwards;
                afterwards = null;
            }
        }
        if (rolled != null) {
            context.later(rolled);
        }
        requestFlush(rules.flushing());
        return outcome;
    }

    private Appended append(ByteBuf records, Intake intake, int leaderEpoch, long now) {
        if (leaderEpoch < lineage.latest()) {
            return Appended.refused(
                    ErrorCode.FENCED_LEADER_EPOCH,
                    "Leader epoch " + leaderEpoch + " is over: the log is in " + lineage.latest());
        }
        List<RecordBatch> batches = intake.batches();
        RecordBatch first = batches.get(0);
        boolean idempotent = first.producerId() != RecordBatch.NO_PRODUCER_ID;
        if (idempotent) {
            Optional<Appended> objection = producers.objection(first);
            if (objection.isPresent()) {
                return objection.get();
            }
        }
        long base = view.endOffset();
        if (base > Long.MAX_VALUE - 1 - intake.offsets()) {
            return Appended.refused(ErrorCode.INVALID_RECORD, "The partition has no offsets left after " + base);
        }
        lineage.begin(leaderEpoch, base);
        Segment active = roomFor(records.readableBytes(), base + intake.offsets(), now);
        long next = base;
        for (int i = 0; i < batches.size(); i++) {
            batches.get(i).stamp(next, leaderEpoch);
            next = batches.get(i).nextOffset();
        }
        active.write(records);
        if (active.size() == 0) {
            activeSinceMillis = now;
        }
        for (int i = 0; i < batches.size(); i++) {
            RecordBatch batch = batches.get(i);
            active.added(
                    batch.baseOffset(),
                    batch.sizeInBytes(),
                    batch.maxTimestamp(),
                    config.rolling().indexIntervalBytes());
        }
        if (idempotent) {
            producers.remember(first, now);
        }
        view = new LogView(view.segments(), view.startOffset(), next);
        return Appended.at(base, next, first.logAppendTime() ? first.maxTimestamp() : Appended.NONE);
    }

    /** The last segment, or a new one if that is full or too old. */
    private Segment roomFor(int bytes, long nextOffset, long now) {
        LogConfig.Rolling rules = config.rolling();
        Segment active = view.last();
        long size = (long) active.size() + bytes;
        boolean full = size > rules.segmentBytes() || nextOffset - active.baseOffset() > Integer.MAX_VALUE;
        if (active.size() > 0 && (full || now - activeSinceMillis >= rules.segmentMillis())) {
            roll();
        }
        return view.last();
    }

    /** Under the lock. */
    private void roll() {
        long end = view.endOffset();
        Segment next = Segment.create(context, directory, end);
        flush.namesChanged();
        ByteBuf snapshot = producers.write(end);
        Segment[] longer = java.util.Arrays.copyOf(view.segments(), view.segmentCount() + 1);
        longer[longer.length - 1] = next;
        view = new LogView(longer, view.startOffset(), end);
        afterwards = () -> afterRoll(end, snapshot);
    }

    private void afterRoll(long offset, ByteBuf snapshot) {
        synchronized (maintenance) {
            if (!closed && offset <= view.endOffset()) {
                new ProducerSnapshots(context.disk(), directory).write(offset, snapshot);
            }
        }
        context.flusher().soon(this);
    }

    private void requestFlush(LogConfig.Flushing rules) {
        if (rules.mode() == FlushMode.COMMIT || view.endOffset() - flush.flushedOffset() >= rules.flushMessages()) {
            context.flusher().soon(this);
        } else if (rules.flushMillis() != Long.MAX_VALUE) {
            context.flusher().within(this, rules.flushMillis());
        }
    }

    /**
     * Begins a leader's term: what is appended from now on belongs to it. On disk when this returns, so call it from a
     * worker, before the first append of the term.
     */
    public void beginTerm(int leaderEpoch) {
        synchronized (lock) {
            ensureOpen();
            lineage.begin(leaderEpoch, view.endOffset());
        }
    }

    /** The newest leader's term in the log; -1 if there is none. */
    public int latestEpoch() {
        return lineage.latest();
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
        LogReader.Wish wish = new LogReader.Wish(offset, maxBytes, upToOffset, first);
        return steady(now -> LogReader.read(now, wish));
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
     * @param targetBytes about how large each chunk should be, positive; at most 10,000 chunks come back, larger if need
     *     be
     * @return chunks in order; the first may begin before {@code from}, where its batch begins; empty if nothing is there
     */
    public List<OffsetChunk> ranges(long from, long to, long targetBytes) {
        return steady(now -> new RangePlan(now, to).chunks(from, targetBytes));
    }

    /** Reads from a view; again from a newer one if the segments it needed have been taken away meanwhile. */
    private <T> T steady(Function<LogView, T> read) {
        while (true) {
            LogView now = view;
            try {
                return read.apply(now);
            } catch (StorageException e) {
                if (closed || now.sameSegments(view) || (e.kind() != Kind.CLOSED && e.kind() != Kind.DAMAGED)) {
                    throw e;
                }
            }
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
            long start = Math.min(offset, view.endOffset());
            if (start > view.startOffset()) {
                dropBelow(start);
            }
            return view.startOffset();
        }
    }

    /** Under the maintenance monitor. The new start is on disk before the first file goes. */
    private void dropBelow(long start) {
        flush.saveStart(start);
        int gone;
        Segment[] before;
        synchronized (lock) {
            before = view.segments();
            gone = view.indexOf(start);
            Segment[] left = gone == 0 ? before : java.util.Arrays.copyOfRange(before, gone, before.length);
            view = new LogView(left, start, view.endOffset());
        }
        for (int i = 0; i < gone; i++) {
            before[i].delete();
        }
    }

    /**
     * Deletes segments that the settings no longer keep. For workers.
     *
     * @param upToOffset exclusive: nothing from here on is deleted (the high watermark, or a hold)
     * @return bytes deleted
     */
    public long applyRetention(long upToOffset) {
        synchronized (maintenance) {
            ensureOpen();
            long now = context.clock().millis();
            int count = trim.expired(view, config.keeping(), now, upToOffset);
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += view.bytes(i);
            }
            if (count > 0) {
                long start = view.end(count - 1);
                rollIfLast(count);
                dropBelow(Math.max(start, view.startOffset()));
            }
            return bytes;
        }
    }

    /** Forgets idempotent producers that have sent nothing for {@code idleMillis} ({@code producer.id.expiration.ms}). */
    public void expireProducers(long idleMillis) {
        synchronized (lock) {
            producers.expire(context.clock().millis() - idleMillis);
        }
    }

    private void rollIfLast(int expired) {
        synchronized (lock) {
            if (expired == view.segmentCount()) {
                roll();
                afterwards = null;
            }
        }
    }

    /**
     * Drops everything from {@code offset} on, or from the batch on that holds it. For replicas, from a worker.
     *
     * @return the log's end afterwards
     */
    public long truncateTo(long offset) {
        synchronized (maintenance) {
            ensureOpen();
            synchronized (lock) {
                if (offset < view.endOffset()) {
                    view = trim.cut(view, offset);
                    lineage.truncate(view.endOffset());
                    trim.restore(producers, view);
                }
                return view.endOffset();
            }
        }
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
            flushed = flush.flush(view);
        }
        flushListener.accept(flushed);
        return flushed;
    }

    /** Closes files that nobody has used since the last call; they are opened again when needed. For workers. */
    public void closeIdleFiles() {
        for (Segment segment : view.segments()) {
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
            LogView last = view;
            try {
                flush.flush(last);
                last.last().completeAndForce(last.endOffset());
                new ProducerSnapshots(context.disk(), directory)
                        .write(last.endOffset(), producers.write(last.endOffset()));
                return Optional.of(new ClosedLog(
                        last.endOffset(), last.last().baseOffset(), last.last().size()));
            } finally {
                closeSegments();
            }
        }
    }

    /** Closes without flushing: the log is about to be deleted, or its disk has failed. */
    void abandon() {
        synchronized (maintenance) {
            synchronized (lock) {
                closed = true;
            }
            closeSegments();
        }
    }

    private void closeSegments() {
        for (Segment segment : view.segments()) {
            segment.close();
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, directory, "the log is closed");
        }
    }

    AtomicBoolean flushTicket() {
        return flushTicket;
    }

    AtomicBoolean flushTimer() {
        return flushTimer;
    }

    Path directory() {
        return directory;
    }
}
