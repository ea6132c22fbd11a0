package io.millstream.cluster;

import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.TaskAttemptID;

/** Writes what it reads. The first attempt of each task stands still in between, at {@code task N}. */
public final class StandingRelay extends Mapper<NullWritable, TopicRecord, Text, Text> {

    /** Early enough that most of the split is still with the brokers: two fetches are read ahead. */
    private static final int SOON = 5;

    private int records;

    @Override
    protected void map(
            NullWritable key, TopicRecord record, Mapper<NullWritable, TopicRecord, Text, Text>.Context context)
            throws IOException, InterruptedException {
        TaskAttemptID attempt = context.getTaskAttemptID();
        if (++records == SOON && attempt.getId() == 0) {
            Meetings.stand(
                    context.getConfiguration(), "task " + attempt.getTaskID().getId());
        }
        Text written = Relays.written(record);
        context.write(written, written);
    }
}
