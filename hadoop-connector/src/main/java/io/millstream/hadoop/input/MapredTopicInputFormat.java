package io.millstream.hadoop.input;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapred.InputFormat;
import org.apache.hadoop.mapred.InputSplit;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.RecordReader;
import org.apache.hadoop.mapred.Reporter;

/**
 * {@link TopicInputFormat} for jobs of the older API ({@code org.apache.hadoop.mapred}), with the same configuration. How
 * many map tasks such a job asks for is not heeded: {@link InputKey#SPLIT_BYTES} is. Offsets are not committed on success:
 * that takes a job of the newer API, or {@link TopicInputFormat#resolved} before it, with {@link InputKey#PLANNED} set, and
 * {@link OffsetCommitter#commit} behind it.
 */
public final class MapredTopicInputFormat implements InputFormat<NullWritable, TopicRecord> {

    /** For Hadoop. */
    public MapredTopicInputFormat() {}

    /** A {@link TopicSplit} as the older API wants it. */
    public static final class Split implements InputSplit, Writable {

        private final TopicSplit split;

        /** For Hadoop, which calls {@link #readFields} next. */
        public Split() {
            this(new TopicSplit());
        }

        Split(TopicSplit split) {
            this.split = split;
        }

        @Override
        public long getLength() {
            return split.getLength();
        }

        @Override
        public String[] getLocations() {
            return split.getLocations();
        }

        @Override
        public void write(DataOutput out) throws IOException {
            split.write(out);
        }

        @Override
        public void readFields(DataInput in) throws IOException {
            split.readFields(in);
        }

        @Override
        public String toString() {
            return split.toString();
        }
    }

    @Override
    public InputSplit[] getSplits(JobConf job, int tasksWanted) throws IOException {
        ContainerJava.ensureNewEnough(job);
        if (InputSettings.commits(job)) {
            throw new InputException(InputKey.COMMIT.key()
                    + " is set, but offsets are committed by jobs of the newer API only: unset it");
        }
        List<TopicSplit> splits = InputPlanner.plan(job);
        return splits.stream().map(Split::new).toArray(InputSplit[]::new);
    }

    @Override
    public RecordReader<NullWritable, TopicRecord> getRecordReader(InputSplit split, JobConf job, Reporter reporter)
            throws IOException {
        TopicRecordReader reader = new TopicRecordReader();
        reader.initialize(
                ((Split) split).split,
                job,
                new TaskReport.OfMapred(reporter),
                job.get("mapreduce.task.attempt.id", "mapred"));
        return new Reader(reader);
    }

    /**
     * Fills the value it is given with a copy: one that asks for a new value each time may keep them all, and does, as
     * Hadoop's {@code MultithreadedMapRunner}, whose threads map them while the next is read.
     */
    private record Reader(TopicRecordReader records) implements RecordReader<NullWritable, TopicRecord> {

        @Override
        public boolean next(NullWritable key, TopicRecord value) throws IOException {
            if (!records.nextKeyValue()) {
                return false;
            }
            TopicRecord current = records.getCurrentValue();
            value.set(current.topicPartition(), current.record());
            return true;
        }

        @Override
        public NullWritable createKey() {
            return NullWritable.get();
        }

        @Override
        public TopicRecord createValue() {
            return new TopicRecord();
        }

        @Override
        public long getPos() {
            return records.accounted();
        }

        @Override
        public float getProgress() {
            return records.getProgress();
        }

        @Override
        public void close() throws IOException {
            records.close();
        }
    }
}
