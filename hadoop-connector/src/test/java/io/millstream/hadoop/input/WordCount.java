package io.millstream.hadoop.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.reduce.LongSumReducer;

/** The first job everybody writes, with records of topics as its lines. */
final class WordCount {

    private WordCount() {}

    /** Counts words of values. */
    public static final class Words extends Mapper<NullWritable, TopicRecord, Text, LongWritable> {

        private static final LongWritable ONE = new LongWritable(1);
        private final Text word = new Text();

        @Override
        protected void map(NullWritable key, TopicRecord record, Context context)
                throws IOException, InterruptedException {
            for (String each : new String(record.value(), StandardCharsets.UTF_8).split(" ", -1)) {
                word.set(each);
                context.write(word, ONE);
            }
        }
    }

    /** A job in this process, several maps at a time. */
    static Job job(Configuration conf, Path folder) throws IOException {
        conf.set("mapreduce.framework.name", "local");
        conf.set("fs.defaultFS", "file:///");
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        conf.setInt("mapreduce.client.progressmonitor.pollinterval", 20);
        conf.setInt("mapreduce.local.map.tasks.maximum", 4);
        conf.setInt("mapreduce.task.io.sort.mb", 4);
        Job job = Job.getInstance(conf, "word count");
        job.setInputFormatClass(TopicInputFormat.class);
        job.setMapperClass(Words.class);
        job.setCombinerClass(LongSumReducer.class);
        job.setReducerClass(LongSumReducer.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(LongWritable.class);
        FileOutputFormat.setOutputPath(
                job, new org.apache.hadoop.fs.Path(folder.resolve("out").toUri()));
        return job;
    }

    /** What the job wrote. */
    static Map<String, Long> counts(Path folder) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        try (Stream<String> lines = Files.lines(folder.resolve("out/part-r-00000"))) {
            lines.map(line -> line.split("\t", -1)).forEach(pair -> counts.put(pair[0], Long.parseLong(pair[1])));
        }
        return counts;
    }
}
