package io.millstream.hadoop.input;

import io.millstream.client.ClientException;
import io.millstream.client.Cluster;
import io.millstream.client.RangeReader;
import io.millstream.client.ReadSettings;
import io.millstream.client.Unpacking;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicName;
import io.millstream.record.RecordSlice;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * Reads the ranges of a split, in their order. It ends only when every offset is accounted for: delivered, or proven to
 * have no record; anything else is an exception that names topic, partition and offset, and is thrown again if more is
 * asked for. The next range is fetched while the last records of the one before are worked on.
 *
 * <p>Used by one thread, as Hadoop does.
 */
public final class TopicRecordReader extends RecordReader<NullWritable, TopicRecord> {

    /** Hadoop's counters cost a lock each time. */
    private static final int RECORDS_PER_COUNT = 1000;

    /** The next range is opened when so few offsets are left, not hours before it is needed. */
    private static final int OFFSETS_AHEAD = 10_000;

    private final TopicRecord value = new TopicRecord();

    private Cluster cluster;
    private Loop unpacking; // decompresses beside the mapper's thread
    private ReadSettings settings;
    private TaskReport report;
    private List<OffsetRange> ranges = List.of();
    private Map<TopicName, UUID> topicIds = Map.of();
    private long total;

    private int opened; // ranges opened so far
    private RangeReader current; // null before the first and after the last
    private RangeReader next; // opened ahead; null if there is none
    private long accounted; // offsets of the ranges that are done
    private long records;
    private long recordBytes;
    private boolean committed; // all of the split's offsets, with the job
    private boolean ended; // said that there is no more
    private InputException failure; // going on after it could leave something out

    /** For Hadoop, which calls {@link #initialize} next. */
    public TopicRecordReader() {}

    @Override
    public void initialize(InputSplit split, TaskAttemptContext taskContext) throws IOException {
        initialize(
                (TopicSplit) split,
                taskContext.getConfiguration(),
                new TaskReport.OfMapreduce(taskContext),
                String.valueOf(taskContext.getTaskAttemptID()));
    }

    /** @param attempt which brokers see as a part of the client's name */
    void initialize(TopicSplit topicSplit, Configuration conf, TaskReport told, String attempt) throws IOException {
        release();
        report = told;
        List<BrokerEndpoint> bootstrap = InputSettings.bootstrap(conf);
        Duration timeout = InputSettings.timeout(conf);
        String clientId = "millstream-input-" + attempt;
        unpacking = new ThreadLoop("millstream-input-unpacking");
        cluster = Cluster.bootstrap(bootstrap, InputSettings.client(clientId, timeout));
        settings = ReadSettings.defaults()
                .withStallTimeout(timeout)
                .withProgress(this::tell)
                .withUnpacking(new Unpacking(unpacking));
        topicIds = topicSplit.topicIds();
        ranges = topicSplit.ranges();
        total = topicSplit.offsets();
        opened = 0;
        accounted = 0;
        committed = InputSettings.commits(conf);
        ended = false;
        failure = null;
    }

    /** Opens the next range, if there is one and it is not open yet. */
    private void openNext() {
        if (next != null || opened == ranges.size()) {
            return;
        }
        OffsetRange range = ranges.get(opened);
        Optional<UUID> topicId =
                Optional.ofNullable(topicIds.get(range.partition().topic()));
        ReadSettings how = topicId.isPresent() && isReadOn(opened) ? settings.withoutConfirmation() : settings;
        next = RangeReader.open(cluster, range.partition(), range.from(), range.to(), how, topicId);
        opened++;
    }

    /** Whether a later range is of the same topic. That it is still the one planned is asked once, at the end of the last. */
    private boolean isReadOn(int index) {
        TopicName topic = ranges.get(index).partition().topic();
        return ranges.subList(index + 1, ranges.size()).stream()
                .anyMatch(later -> later.partition().topic().equals(topic) && !later.isEmpty());
    }

    @Override
    public boolean nextKeyValue() throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            return advance();
        } catch (InputException e) {
            failure = e;
        } catch (ClientException e) {
            failure = new InputException(e.getMessage(), e);
        }
        throw failure;
    }

    private boolean advance() throws InputException {
        RecordSlice record = current == null ? null : current.nextSlice();
        while (record == null) {
            if (current != null) {
                leave();
            }
            openNext();
            if (next == null) {
                ensureAllAccounted();
                ended = true;
                return false;
            }
            current = next;
            next = null;
            record = current.nextSlice();
        }
        take(record);
        if (current.to() - current.position() < OFFSETS_AHEAD) {
            openNext();
        }
        return true;
    }

    private void ensureAllAccounted() throws InputException {
        if (accounted != total) {
            throw new InputException("Only " + accounted + " of the " + total + " offsets of a split of "
                    + ranges.size() + " ranges are accounted for: was its reader closed before?");
        }
    }

    private void take(RecordSlice record) {
        value.set(current.partition(), record);
        recordBytes += Math.max(0, record.keyLength()) + Math.max(0, record.valueLength());
        if (++records == RECORDS_PER_COUNT) {
            count();
        }
    }

    private void leave() throws InputException {
        long expected = current.to() - current.from();
        if (current.delivered() + current.gaps() != expected) {
            throw new InputException("Offsets " + current.from() + " to " + current.to() + " of " + current.partition()
                    + " are not accounted for: " + current.delivered() + " records and " + current.gaps() + " gaps");
        }
        accounted += expected;
        endCurrent();
    }

    private void endCurrent() {
        count();
        report.count(InputCounter.OFFSETS, current.delivered() + current.gaps());
        report.count(InputCounter.GAP_OFFSETS, current.gaps());
        current.close();
        current = null;
    }

    private void count() {
        report.count(InputCounter.RECORDS, records);
        report.count(InputCounter.RECORD_BYTES, recordBytes);
        records = 0;
        recordBytes = 0;
    }

    /** Keeps Hadoop from taking a task that waits for one that hangs. */
    private void tell() {
        if (current != null) {
            report.status(String.format(
                    Locale.ROOT, "%s at %,d of %,d", current.partition(), current.position(), current.to()));
        }
        report.progress();
    }

    @Override
    public NullWritable getCurrentKey() {
        return NullWritable.get();
    }

    /** The record; the same object each time, so copy what is kept. */
    @Override
    public TopicRecord getCurrentValue() {
        return value;
    }

    /** The part of the split's offsets that is accounted for. */
    @Override
    public float getProgress() {
        return total == 0 ? 1 : (float) accounted() / total;
    }

    /** How many offsets are accounted for. */
    long accounted() {
        return accounted + (current == null ? 0 : current.position() - current.from());
    }

    /**
     * Gives up what is held.
     *
     * @throws InputException once, if the split's offsets are committed with the job and were not all read: the task must not
     *     succeed then
     */
    @Override
    public void close() throws InputException {
        Optional<InputException> unread = unread();
        release();
        committed = false;
        if (unread.isPresent()) {
            throw unread.get();
        }
    }

    private Optional<InputException> unread() {
        if (!committed || ended || total == 0) {
            return Optional.empty();
        }
        String where = current == null ? "" : ", at offset " + current.position() + " of " + current.partition();
        String why = failure == null ? "" : " (" + failure.getMessage() + ")";
        return Optional.of(new InputException(
                "The task stopped reading after " + accounted() + " of the " + total + " offsets of its split" + where
                        + why + ", and the job commits them all: read until there is no more, or do without"
                        + " commitOnSuccess",
                failure));
    }

    private void release() {
        if (current != null) {
            endCurrent();
        }
        if (next != null) {
            next.close();
            next = null;
        }
        if (cluster != null) {
            cluster.close();
            cluster = null;
        }
        if (unpacking != null) {
            unpacking.close();
            unpacking = null;
        }
    }
}
