package io.millstream.benchmarks;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** Records out of nowhere: what Hadoop itself costs, for any input. */
public final class GeneratedInputFormat extends InputFormat<NullWritable, BytesWritable> {

    static final String RECORDS = "generated.input.records";
    static final String SIZE = "generated.input.size";
    static final String SPLITS = "generated.input.splits";

    @Override
    public List<InputSplit> getSplits(JobContext context) {
        Configuration conf = context.getConfiguration();
        int splits = conf.getInt(SPLITS, 1);
        int records = conf.getInt(RECORDS, 0);
        List<InputSplit> planned = new ArrayList<>();
        for (int i = 0; i < splits; i++) {
            planned.add(new Split(records / splits + (i < records % splits ? 1 : 0)));
        }
        return planned;
    }

    @Override
    public RecordReader<NullWritable, BytesWritable> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new Reader();
    }

    /** So many records. */
    public static final class Split extends InputSplit implements Writable {
        private int records;

        /** For Hadoop. */
        public Split() {}

        Split(int records) {
            this.records = records;
        }

        @Override
        public long getLength() {
            return records;
        }

        @Override
        public String[] getLocations() {
            return new String[0];
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeInt(records);
        }

        @Override
        public void readFields(DataInput in) throws IOException {
            records = in.readInt();
        }
    }

    private static final class Reader extends RecordReader<NullWritable, BytesWritable> {
        private final BytesWritable value = new BytesWritable();
        private byte[] bytes;
        private int records;
        private int read;

        @Override
        public void initialize(InputSplit split, TaskAttemptContext context) {
            bytes = new byte[context.getConfiguration().getInt(SIZE, 0)];
            records = ((Split) split).records;
        }

        @Override
        public boolean nextKeyValue() {
            if (read == records) {
                return false;
            }
            read++;
            value.set(bytes, 0, bytes.length);
            return true;
        }

        @Override
        public NullWritable getCurrentKey() {
            return NullWritable.get();
        }

        @Override
        public BytesWritable getCurrentValue() {
            return value;
        }

        @Override
        public float getProgress() {
            return records == 0 ? 1 : (float) read / records;
        }

        @Override
        public void close() {}
    }
}
