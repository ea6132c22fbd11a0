package io.millstream.cluster;

import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.TaskAttemptID;

/**
 * Writes what it reads: of each value what stands before its filling. What happens to it on the way depends on its task's number and is
 * what {@link ClusterJobsTest} says.
 */
public final class TroubledRelay extends Mapper<NullWritable, TopicRecord, Text, Text> {

    static final int TASK_OF_MOVE = 0;
    static final int TASK_OF_DEATH = 1;
    static final int TASK_OF_STANDSTILL = 2;
    static final int TASK_OF_BROKER = 3;

    /** Early enough that most of the split is still with the brokers: two fetches are read ahead. */
    private static final int SOON = 5;

    private static final int LATER = 60;

    private int records;

    @Override
    protected void map(
            NullWritable key, TopicRecord record, Mapper<NullWritable, TopicRecord, Text, Text>.Context context)
            throws IOException, InterruptedException {
        records++;
        happen(context.getTaskAttemptID(), context.getConfiguration());
        Text written = Relays.written(record);
        context.write(written, written);
    }

    private void happen(TaskAttemptID attempt, Configuration conf) throws IOException {
        int task = attempt.getTaskID().getId();
        if (task == TASK_OF_MOVE && records == SOON) {
            Meetings.stand(conf, "move");
        } else if (task == TASK_OF_BROKER && records == SOON) {
            Meetings.stand(conf, "broker");
        } else if (task == TASK_OF_DEATH && records == LATER && attempt.getId() == 0) {
            Runtime.getRuntime().halt(137);
        } else if (task == TASK_OF_STANDSTILL && records == LATER && attempt.getId() < 2) {
            Meetings.stand(conf, "standstill " + attempt.getId());
        }
    }
}
