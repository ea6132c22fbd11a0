package io.millstream.hadoop.input;

import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** What a reader tells Hadoop, in either of its APIs. */
interface TaskReport {

    /** Adds to a counter. */
    void count(InputCounter counter, long more);

    /** Says where the task is. */
    void status(String text);

    /** Says that it lives. */
    void progress();

    /** Through {@code org.apache.hadoop.mapreduce}. */
    record OfMapreduce(TaskAttemptContext context) implements TaskReport {
        @Override
        public void count(InputCounter counter, long more) {
            context.getCounter(counter).increment(more);
        }

        @Override
        public void status(String text) {
            context.setStatus(text);
        }

        @Override
        public void progress() {
            context.progress();
        }
    }

    /** Through {@code org.apache.hadoop.mapred}. */
    record OfMapred(Reporter reporter) implements TaskReport {
        @Override
        public void count(InputCounter counter, long more) {
            reporter.incrCounter(counter, more);
        }

        @Override
        public void status(String text) {
            reporter.setStatus(text);
        }

        @Override
        public void progress() {
            reporter.progress();
        }
    }
}
