package io.millstream.hadoop.output;

import io.millstream.hadoop.input.AvroTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import java.security.CodeSource;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;

/** A job as users write it: counts visits by URL, Avro in and out. Runs in a process of its own, on a distribution's class path. */
public final class UserJob {

    static final Schema COUNT = new Schema.Parser()
            .parse("{\"type\": \"record\", \"name\": \"Count\", \"fields\": [{\"name\": \"url\", \"type\": \"string\"},"
                    + " {\"name\": \"visits\", \"type\": \"long\"},"
                    + " {\"name\": \"site\", \"type\": \"string\", \"default\": \"main\"}]}");

    private static final int FAILED = 1;

    private UserJob() {}

    /** Reads. */
    public static final class Urls extends Mapper<TopicRecord, GenericRecord, Text, LongWritable> {

        private static final LongWritable ONE = new LongWritable(1);

        @Override
        protected void map(
                TopicRecord key,
                GenericRecord visit,
                Mapper<TopicRecord, GenericRecord, Text, LongWritable>.Context context)
                throws IOException, InterruptedException {
            context.write(new Text(visit.get("url").toString()), ONE);
        }
    }

    /** Writes. */
    public static final class Counts extends Reducer<Text, LongWritable, Text, GenericRecord> {

        @Override
        protected void reduce(
                Text url, Iterable<LongWritable> ones, Reducer<Text, LongWritable, Text, GenericRecord>.Context context)
                throws IOException, InterruptedException {
            GenericRecord count = new GenericData.Record(COUNT);
            long visits = 0;
            for (LongWritable one : ones) {
                visits += one.get();
            }
            count.put("url", url.toString());
            count.put("visits", visits);
            count.put("site", "main");
            context.write(url, count);
        }
    }

    /** Brokers, ZooKeeper, topic to read, topic to write, working folder, compression of what is written. */
    public static void main(String[] args) throws Exception {
        Configuration conf = new Configuration();
        conf.set("hadoop.tmp.dir", args[4]);
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        conf.setInt("mapreduce.client.progressmonitor.pollinterval", 20);
        conf.setInt("mapreduce.task.io.sort.mb", 4);
        TopicInputFormat.setBootstrap(conf, args[0]);
        TopicInputFormat.setTopics(conf, args[2]);
        TopicInputFormat.setGroup(conf, "group-of-" + args[3], args[1]);
        TopicOutputFormat.setTopics(conf, args[3]);
        TopicOutputFormat.setZooKeeper(conf, args[1]);
        TopicOutputFormat.setValueSchema(conf, args[3], COUNT);
        conf.set("millstream.output.staging", args[4] + "/staging");
        conf.set("millstream.output.compression.type", args[5]);
        Job job = Job.getInstance(conf, "count visits");
        job.setJarByClass(UserJob.class);
        job.setInputFormatClass(AvroTopicInputFormat.class);
        job.setMapperClass(Urls.class);
        job.setReducerClass(Counts.class);
        job.setMapOutputKeyClass(Text.class);
        job.setMapOutputValueClass(LongWritable.class);
        job.setOutputFormatClass(TopicOutputFormat.class);
        TopicInputFormat.commitOnSuccess(job);
        boolean done = job.waitForCompletion(false);
        sayWhatRan();
        System.exit(done ? 0 : FAILED);
    }

    private static void sayWhatRan() throws ReflectiveOperationException {
        List<String> theirs = List.of(
                "org.apache.avro.Schema",
                "io.netty.channel.Channel",
                "org.apache.curator.CuratorZookeeperClient",
                "org.apache.zookeeper.ZooKeeper",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "org.xerial.snappy.Snappy");
        for (String name : theirs) {
            CodeSource source = Class.forName(name).getProtectionDomain().getCodeSource();
            System.out.println(name + " is from " + source.getLocation());
        }
        Class<?> epoll = Class.forName("io.millstream.shaded.io.netty.channel.epoll.Epoll");
        System.out.println("epoll: " + epoll.getMethod("isAvailable").invoke(null));
    }
}
