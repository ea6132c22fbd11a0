package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import io.millstream.record.RecordSlice;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the offsets {@code [from, to)} of one partition, in order, and ends only when every one of them is accounted
 * for: delivered, or proven not to exist ({@link #gaps}). Whatever else happens is an exception; an empty answer, a
 * time-out or a lost leader is never "done".
 *
 * <p>The next fetch runs while the caller works on the records of the last; with {@link ReadSettings#unpacking} its first
 * batches are decompressed meanwhile, too. Leaders are followed and reading goes on at
 * the exact offset. Every batch's checksum and every record's form is checked before it is delivered; a flaw is the end, and
 * is said again to whoever asks again.
 *
 * <p>Records of transactions are delivered whether or not they were committed; transaction markers are gaps. Used by one
 * thread at a time, not the client's loop.
 */
public final class RangeReader implements Iterator<Record>, AutoCloseable {

    private static final Duration TELL_EVERY = Duration.ofMillis(400);

    private final Cluster cluster;
    private final TopicPartition partition;
    private final long from;
    private final long to;
    private final ReadSettings settings;
    private final PartitionFetcher fetcher;
    private final RangeCursor cursor;

    /** @param batches unpacked elsewhere, or null */
    private record Page(PartitionFetcher.Fetched fetched, UnpackedPage batches) {

        /** Neither its bytes nor its records are looked at any more. */
        void end() {
            if (batches == null || batches.end()) {
                fetched.giveBack();
            }
        }
    }

    private CompletableFuture<Page> pending;
    private boolean awaited; // the pending one
    private Page walked; // what the cursor is in; null before the first
    private boolean confirmed;

    private RangeReader(
            Cluster cluster,
            TopicPartition partition,
            long from,
            long to,
            ReadSettings settings,
            Optional<UUID> topicId) {
        this.cluster = cluster;
        this.partition = partition;
        this.from = from;
        this.to = to;
        this.settings = settings;
        this.fetcher = new PartitionFetcher(cluster, partition, to, settings, topicId);
        this.cursor = new RangeCursor(partition, from, to);
    }

    /**
     * Begins to read. Returns at once; the first fetch is under way.
     *
     * @param from first offset, inclusive
     * @param to last offset, exclusive; at most the end offset, or the reader waits for records to come
     * @throws IllegalArgumentException if the range is negative or ends before it begins
     */
    public static RangeReader open(
            Cluster cluster, TopicPartition partition, long from, long to, ReadSettings settings) {
        return open(cluster, partition, from, to, settings, Optional.empty());
    }

    /**
     * As {@link #open(Cluster, TopicPartition, long, long, ReadSettings)}, of this very topic: reading another one of its name
     * fails.
     *
     * @param topicId empty if it is not known: then the topic must stay the one that is found first
     */
    public static RangeReader open(
            Cluster cluster,
            TopicPartition partition,
            long from,
            long to,
            ReadSettings settings,
            Optional<UUID> topicId) {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("A range from offset " + from + " to " + to + " of " + partition);
        }
        RangeReader reader = new RangeReader(cluster, partition, from, to, settings, topicId);
        reader.fetchFrom(from);
        return reader;
    }

    private void fetchFrom(long offset) {
        awaited = false;
        pending = offset < to ? Async.begin(() -> fetcher.fetch(offset).thenApply(this::page)) : null;
    }

    private Page page(PartitionFetcher.Fetched fetched) {
        Unpacking unpacking = settings.unpacking();
        return new Page(fetched, unpacking == null ? null : new UnpackedPage(fetched.bytes(), unpacking));
    }

    /**
     * Whether there is another record; waits until that is known.
     *
     * @throws OffsetOutOfRangeException if the partition no longer has, or has not, what is next in the range
     * @throws CorruptDataException if what comes next fails its checks
     * @throws TimedOutException if the reading got nowhere for {@link ReadSettings#stallTimeout}
     * @throws ClientException for other trouble that does not pass, such as a topic that was deleted and made again
     *     meanwhile, or if the thread is interrupted (which stays so)
     */
    @Override
    public boolean hasNext() {
        while (!cursor.hasNext()) {
            if (cursor.finished()) {
                confirm();
                return false;
            }
            turnPage();
        }
        return true;
    }

    /** The next record. Throws as {@link #hasNext} does, and {@link NoSuchElementException} behind the last. */
    @Override
    public Record next() {
        if (!hasNext()) {
            throw new NoSuchElementException("Partition " + partition + " was read up to " + to);
        }
        return cursor.next().toRecord();
    }

    /**
     * As {@link #next()}, without a copy, and without asking {@link #hasNext} for each record.
     *
     * @return good until the next call of {@link #hasNext} or this; null behind the last
     */
    public RecordSlice nextSlice() {
        RecordSlice next = cursor.next();
        if (next != null) {
            return next;
        }
        return hasNext() ? cursor.next() : null;
    }

    private void turnPage() {
        settings.progress().run();
        if (pending == null) { // only if the walk over the last bytes stopped short of what their headers promised
            throw new CorruptDataException(
                    partition, cursor.position(), "batches that do not reach as far as they say", null);
        }
        if (!awaited && timedOut(pending)) {
            fetchFrom(cursor.position()); // that was while nobody waited; brokers may be well again
        }
        awaited = true;
        Page page = await(pending, "records of partition " + partition + " at offset " + cursor.position());
        pending = null; // taken: whatever fails now, it must not be taken again
        PartitionFetcher.Fetched fetched = page.fetched();
        leave();
        walked = page;
        fetchFrom(
                page.batches() == null
                        ? cursor.open(fetched.bytes(), fetched.highWatermark())
                        : cursor.open(fetched.bytes(), fetched.highWatermark(), page.batches()));
    }

    private static boolean timedOut(CompletableFuture<Page> fetch) {
        return fetch.isCompletedExceptionally()
                && Async.cause(fetch.handle((page, failure) -> failure).join()) instanceof TimedOutException;
    }

    private void leave() {
        if (walked != null) {
            walked.end();
            walked = null;
        }
    }

    private void confirm() {
        if (settings.confirmed() && !confirmed && from < to) {
            await(fetcher.confirm(), "topic " + partition.topic());
            confirmed = true;
        }
    }

    /** The fetcher keeps the time-out; the bound here is only reached when the client's loop is stuck or closed. */
    private <T> T await(CompletableFuture<T> pending, String what) {
        Duration bound = settings.stallTimeout()
                .plus(cluster.settings().connection().requestTimeout())
                .plus(cluster.settings().connection().connectTimeout().multipliedBy(2));
        for (Duration waited = Duration.ZERO; waited.compareTo(bound) < 0; waited = waited.plus(TELL_EVERY)) {
            if (waitBriefly(pending)) {
                return Async.await(pending, TELL_EVERY, what);
            }
            settings.progress().run();
        }
        throw new TimedOutException("Waited " + bound.toMillis() + " ms for " + what, null);
    }

    private <T> boolean waitBriefly(CompletableFuture<T> pending) {
        try {
            pending.handle((value, failure) -> value).get(TELL_EVERY.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("Interrupted while reading partition " + partition, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A handled future cannot fail", e);
        }
    }

    /** Which partition is read. */
    public TopicPartition partition() {
        return partition;
    }

    /** The first offset of the range, inclusive. */
    public long from() {
        return from;
    }

    /** The last offset of the range, exclusive. */
    public long to() {
        return to;
    }

    /** The next offset to be accounted for; {@link #to} in the end. */
    public long position() {
        return cursor.position();
    }

    /** Records delivered so far. */
    public long delivered() {
        return cursor.delivered();
    }

    /**
     * Offsets so far that are proven not to exist, because the log goes on behind them: removed by compaction, or markers
     * of transactions. In the end {@code delivered + gaps = to - from}.
     */
    public long gaps() {
        return cursor.gaps();
    }

    /** Gives up what is held; a record that was read without a copy is good no more. A fetch under way ends unheard. */
    @Override
    public void close() {
        cursor.close();
        leave();
        pending = null;
    }
}
