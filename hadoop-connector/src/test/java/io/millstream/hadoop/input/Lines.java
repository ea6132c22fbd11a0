package io.millstream.hadoop.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;

/** A job that writes each value it reads as a line, without a reducer. */
final class Lines {

    private Lines() {}

    /** The value, as it is. */
    public static final class Values extends Mapper<TopicRecord, Text, NullWritable, Text> {
        @Override
        protected void map(TopicRecord key, Text value, Context context) throws IOException, InterruptedException {
            context.write(NullWritable.get(), value);
        }
    }

    /** A job in this process, of one map at a time. */
    static Job job(Configuration conf, Path folder, String out) throws IOException {
        conf.set("mapreduce.framework.name", "local");
        conf.set("fs.defaultFS", "file:///");
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        conf.setInt("mapreduce.client.progressmonitor.pollinterval", 20);
        Job job = Job.getInstance(conf, "lines");
        job.setInputFormatClass(TextTopicInputFormat.class);
        job.setMapperClass(Values.class);
        job.setNumReduceTasks(0);
        job.setOutputKeyClass(NullWritable.class);
        job.setOutputValueClass(Text.class);
        FileOutputFormat.setOutputPath(
                job, new org.apache.hadoop.fs.Path(folder.resolve(out).toUri()));
        return job;
    }

    /** Everything below an output folder, sorted. */
    static List<String> written(Path out) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("part-"))
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        lines.sort(null);
        return lines;
    }

    /** {@code topic-partition@n} for n in [from, to), of each of the partitions, sorted. */
    static List<String> expected(String topic, int partitions, int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            for (int i = from; i < to; i++) {
                lines.add(topic + "-" + partition + "@" + i);
            }
        }
        lines.sort(null);
        return lines;
    }
}
