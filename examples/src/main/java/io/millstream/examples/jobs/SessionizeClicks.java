package io.millstream.examples.jobs;

import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/**
 * Sessions of users: clicks of one user with less than half an hour between them. Reads what is new in topic {@code clicks},
 * whose values are {@code user url}, writes lines {@code user, start, seconds, clicks}, and commits what it has read. A session
 * that goes on after the offsets that were read is two: run it after midnight if that matters.
 */
@SuppressWarnings("SameNameButDifferent") // Context is the mapper's or the reducer's, as in all of Hadoop's examples
public final class SessionizeClicks extends Configured implements Tool {

    private static final long GAP_MILLIS = 30 * 60 * 1000;

    /** Click to (user, time). */
    public static final class ByUser extends Mapper<TopicRecord, Text, Text, LongWritable> {
        private final Text user = new Text();
        private final LongWritable time = new LongWritable();

        @Override
        protected void map(TopicRecord record, Text click, Context context) throws IOException, InterruptedException {
            int space = click == null ? -1 : click.find(" ");
            if (space < 0) { // skipped and counted: it would fail the job each time
                context.getCounter("Skipped", "clicks without a URL").increment(1);
                return;
            }
            user.set(click.getBytes(), 0, space);
            time.set(record.timestamp());
            context.write(user, time);
        }
    }

    /** (User, times) to sessions. */
    public static final class Sessions extends Reducer<Text, LongWritable, Text, Text> {
        @Override
        protected void reduce(Text user, Iterable<LongWritable> clicks, Context context)
                throws IOException, InterruptedException {
            List<Long> times = new ArrayList<>();
            clicks.forEach(click -> times.add(click.get()));
            times.sort(null);
            int first = 0;
            for (int i = 1; i <= times.size(); i++) {
                if (i == times.size() || times.get(i) - times.get(i - 1) >= GAP_MILLIS) {
                    long start = times.get(first);
                    long seconds = (times.get(i - 1) - start) / 1000;
                    context.write(user, new Text(Instant.ofEpochMilli(start) + "\t" + seconds + "\t" + (i - first)));
                    first = i;
                }
            }
        }
    }

    /** @param arguments brokers, ZooKeeper, folder to write to */
    @Override
    public int run(String[] arguments) throws Exception {
        return job(arguments).waitForCompletion(true) ? 0 : 1;
    }

    Job job(String... arguments) throws IOException {
        Job job = Job.getInstance(getConf(), "sessionize clicks");
        job.setJarByClass(SessionizeClicks.class);
        TopicInputFormat.setBootstrap(job.getConfiguration(), arguments[0]);
        TopicInputFormat.setTopics(job.getConfiguration(), "clicks");
        TopicInputFormat.setGroup(job.getConfiguration(), "sessions", arguments[1]);
        job.setInputFormatClass(TextTopicInputFormat.class);
        job.setMapperClass(ByUser.class);
        job.setReducerClass(Sessions.class);
        job.setMapOutputKeyClass(Text.class);
        job.setMapOutputValueClass(LongWritable.class);
        FileOutputFormat.setOutputPath(job, new Path(arguments[2]));
        TopicInputFormat.commitOnSuccess(job);
        return job;
    }

    /** {@code hadoop jar ... BOOTSTRAP ZOOKEEPER FOLDER}. */
    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(new SessionizeClicks(), arguments));
    }
}
