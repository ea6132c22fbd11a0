package io.millstream.examples.jobs;

import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/**
 * Joins two topics by the key of their records: each record of {@code orders} with the newest of {@code customers}, a compacted
 * topic, that has its key. Reads all that is retained, in one job, and writes lines {@code key, order, customer}.
 */
@SuppressWarnings("SameNameButDifferent") // Context is the mapper's or the reducer's, as in all of Hadoop's examples
public final class JoinTopics extends Configured implements Tool {

    private static final String CUSTOMERS = "customers";

    /** Record to (key, where it is from and what it says). */
    public static final class ByKey extends Mapper<TopicRecord, Text, Text, Text> {
        private final Text key = new Text();

        @Override
        protected void map(TopicRecord record, Text value, Context context) throws IOException, InterruptedException {
            if (record.key() == null) { // skipped and counted: it would fail the job each time
                context.getCounter("Skipped", "records without a key").increment(1);
                return;
            }
            key.set(record.key());
            // A key lies in one partition, so that the higher offset is the newer record; a tombstone says it is gone.
            String text = record.topic() + " " + record.offset() + (value == null ? "" : " " + value);
            context.write(key, new Text(text));
        }
    }

    /** (Key, records of both) to pairs. */
    public static final class Pairs extends Reducer<Text, Text, Text, Text> {
        @Override
        protected void reduce(Text key, Iterable<Text> records, Context context)
                throws IOException, InterruptedException {
            List<String> orders = new ArrayList<>();
            long newest = -1;
            String customer = null;
            for (Text each : records) {
                String[] fields = each.toString().split(" ", 3); // topic, offset, value
                String value = fields.length == 3 ? fields[2] : null;
                if (!fields[0].equals(CUSTOMERS) && value == null) {
                    context.getCounter("Skipped", "orders without a value").increment(1);
                } else if (!fields[0].equals(CUSTOMERS)) {
                    orders.add(value);
                } else if (Long.parseLong(fields[1]) > newest) {
                    newest = Long.parseLong(fields[1]);
                    customer = value;
                }
            }
            for (String order : customer == null ? List.<String>of() : orders) {
                context.write(key, new Text(order + "\t" + customer));
            }
        }
    }

    /** @param arguments brokers, folder to write to */
    @Override
    public int run(String[] arguments) throws Exception {
        return job(arguments).waitForCompletion(true) ? 0 : 1;
    }

    Job job(String... arguments) throws IOException {
        Job job = Job.getInstance(getConf(), "join orders and customers");
        job.setJarByClass(JoinTopics.class);
        TopicInputFormat.setBootstrap(job.getConfiguration(), arguments[0]);
        TopicInputFormat.setTopics(job.getConfiguration(), "orders", CUSTOMERS);
        job.setInputFormatClass(TextTopicInputFormat.class);
        job.setMapperClass(ByKey.class);
        job.setReducerClass(Pairs.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        FileOutputFormat.setOutputPath(job, new Path(arguments[1]));
        return job;
    }

    /** {@code hadoop jar ... BOOTSTRAP FOLDER}. */
    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(new JoinTopics(), arguments));
    }
}
