package io.millstream.examples.jobs;

import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import io.millstream.hadoop.output.TopicOutputFormat;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/**
 * The ten URLs that were clicked most in each hour. Reads what is new in topic {@code clicks}, whose values are {@code user url},
 * and writes to topic {@code top-urls}: the hour as the key, {@code url count} as the value, the most first. What was read is
 * committed together with what is written, so each click counts once. An hour that goes on after what was read is written
 * again by the next run, with the clicks of that run: run it some minutes after the hour.
 */
@SuppressWarnings("SameNameButDifferent") // Context is the mapper's or the reducer's, as in all of Hadoop's examples
public final class TopUrls extends Configured implements Tool {

    private static final int SHOWN = 10;

    /** Click to (hour, url). */
    public static final class ByHour extends Mapper<TopicRecord, Text, Text, Text> {
        @Override
        protected void map(TopicRecord record, Text click, Context context) throws IOException, InterruptedException {
            int space = click == null ? -1 : click.find(" ");
            if (space < 0) { // skipped and counted: it would fail the job each time
                context.getCounter("Skipped", "clicks without a URL").increment(1);
                return;
            }
            Instant hour = Instant.ofEpochMilli(record.timestamp()).truncatedTo(ChronoUnit.HOURS);
            int url = space + 1; // counted in bytes, as find does
            String text = Text.decode(click.getBytes(), url, click.getLength() - url);
            context.write(new Text(hour.toString()), new Text(text));
        }
    }

    /** (Hour, urls) to the most frequent. */
    public static final class MostFrequent extends Reducer<Text, Text, Text, Text> {
        @Override
        protected void reduce(Text hour, Iterable<Text> urls, Context context)
                throws IOException, InterruptedException {
            Map<String, Long> counts = new HashMap<>();
            urls.forEach(url -> counts.merge(url.toString(), 1L, Long::sum));
            List<Map.Entry<String, Long>> top = counts.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(SHOWN)
                    .toList();
            for (Map.Entry<String, Long> each : top) {
                context.write(hour, new Text(each.getKey() + " " + each.getValue()));
            }
        }
    }

    /** @param arguments brokers, ZooKeeper */
    @Override
    public int run(String[] arguments) throws Exception {
        return job(arguments).waitForCompletion(true) ? 0 : 1;
    }

    Job job(String... arguments) throws IOException {
        Job job = Job.getInstance(getConf(), "top URLs per hour");
        job.setJarByClass(TopUrls.class);
        TopicInputFormat.setBootstrap(job.getConfiguration(), arguments[0]);
        TopicInputFormat.setTopics(job.getConfiguration(), "clicks");
        TopicInputFormat.setGroup(job.getConfiguration(), "top-urls", arguments[1]);
        TopicOutputFormat.setTopics(job.getConfiguration(), "top-urls");
        TopicOutputFormat.setZooKeeper(job.getConfiguration(), arguments[1]);
        job.setInputFormatClass(TextTopicInputFormat.class);
        job.setMapperClass(ByHour.class);
        job.setReducerClass(MostFrequent.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        job.setOutputFormatClass(TopicOutputFormat.class);
        TopicInputFormat.commitOnSuccess(job);
        return job;
    }

    /** {@code hadoop jar ... BOOTSTRAP ZOOKEEPER}. */
    public static void main(String[] arguments) throws Exception {
        System.exit(ToolRunner.run(new TopUrls(), arguments));
    }
}
