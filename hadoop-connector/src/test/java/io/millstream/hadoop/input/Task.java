package io.millstream.hadoop.input;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Counter;
import org.apache.hadoop.mapreduce.Counters;
import org.apache.hadoop.mapreduce.StatusReporter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/** What Hadoop is to a record reader: keeps counters and notes signs of life. */
final class Task extends StatusReporter {

    private final Counters counters = new Counters();
    private final AtomicInteger signs = new AtomicInteger();
    private volatile String status = "";

    TaskAttemptContext context(Configuration conf) {
        return new TaskAttemptContextImpl(conf, new TaskAttemptID(), this);
    }

    long count(InputCounter counter) {
        return counters.findCounter(counter).getValue();
    }

    int signsOfLife() {
        return signs.get();
    }

    String status() {
        return status;
    }

    @Override
    public Counter getCounter(Enum<?> name) {
        return counters.findCounter(name);
    }

    @Override
    public Counter getCounter(String group, String name) {
        return counters.findCounter(group, name);
    }

    @Override
    public void progress() {
        signs.incrementAndGet();
    }

    @Override
    public float getProgress() {
        return 0;
    }

    @Override
    public void setStatus(String text) {
        status = text;
    }
}
