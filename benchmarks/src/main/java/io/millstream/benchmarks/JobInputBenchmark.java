package io.millstream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.millstream.fixture.BrokerProcess;
import io.millstream.hadoop.input.BytesTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.TaskCounter;
import org.apache.hadoop.mapreduce.lib.output.NullOutputFormat;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A map-only job that counts records, beside the same job over kafka-clients: same broker, same data, in turn. And beside one
 * that reads nothing, for what Hadoop itself takes of both.
 */
@CommandLine.Command(
        name = "job-input",
        description = "Measures a counting MapReduce job in this process, on a broker in another.",
        mixinStandardHelpOptions = true)
public final class JobInputBenchmark implements Callable<Integer> {

    private static final int MAPS = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--bootstrap", description = "A broker that runs already; without it a dev broker is started.")
    private String bootstrap;

    @Option(
            names = "--topic",
            description =
                    "A topic of that broker that has the records already, each with a value, at offsets without a gap; nobody"
                            + " may write to it. Without this one is made.")
    private String topic;

    @Option(names = "--records", description = "In the topic (default: ${DEFAULT-VALUE}).")
    private int records = 3_000_000;

    @Option(names = "--size", description = "Bytes of a value that is made (default: ${DEFAULT-VALUE}).")
    private int size = 277;

    @Option(names = "--codec", description = "Of the batches that are made (default: ${DEFAULT-VALUE}).")
    private String codec = "lz4";

    @Option(names = "--partitions", description = "Of a topic that is made (default: ${DEFAULT-VALUE}).")
    private int partitions = 6;

    @Option(names = "--rounds", description = "Measured rounds, after one that warms up (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    private Path folder;
    private boolean made; // the topic

    /** Bytes of values, of either format. */
    public static final class Count<K> extends Mapper<K, BytesWritable, NullWritable, NullWritable> {
        private long bytes;

        @Override
        protected void map(K key, BytesWritable value, Context context) {
            bytes += value.getLength();
        }

        @Override
        protected void cleanup(Context context) {
            context.getCounter("benchmark", "bytes").increment(bytes);
        }
    }

    private record Measured(double seconds, double processorSeconds, long bytes) {}

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new JobInputBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (topic != null && bootstrap == null) {
            throw new ParameterException(
                    spec.commandLine(), "--topic is one of a broker that runs: --bootstrap is missing");
        }
        folder = Files.createTempDirectory("millstream-job-input");
        try {
            if (bootstrap != null) {
                measure();
                return 0;
            }
            try (BrokerProcess broker = BrokerProcess.dev(folder.resolve("broker"))) {
                bootstrap = broker.bootstrap();
                measure();
            }
            return 0;
        } finally {
            var unused = FileUtil.fullyDelete(folder.toFile()); // beside Hadoop, which is still deleting its own there
        }
    }

    private void measure() throws Exception {
        if (topic == null) {
            topic = "job-input";
            made = true;
            fill();
        }
        List<Double> ofKafka = new ArrayList<>();
        List<Double> ofOurs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        long read = 0;
        System.out.printf("%-8s %-12s %10s %8s %8s %14s%n", "round", "input", "rows/s", "MB/s", "CPU s", "rows/CPU s");
        for (int round = 0; round <= rounds; round++) {
            Measured kafka = run(kafkaJob());
            report(round, "kafka", kafka);
            Measured ours = run(ourJob());
            report(round, "millstream", ours);
            read = ours.bytes();
            if (read != kafka.bytes()) {
                throw new IllegalStateException(
                        "Millstream read " + read + " bytes of values, kafka-clients " + kafka.bytes());
            }
            if (round > 0) {
                ofKafka.add(kafka.processorSeconds());
                ofOurs.add(ours.processorSeconds());
                ratios.add(kafka.processorSeconds() / ours.processorSeconds());
            }
        }
        int splits = new BytesTopicInputFormat().getSplits(ourJob()).size();
        System.out.printf("tasks: kafka one a partition, millstream and none %d%n", splits);
        for (int round = 0; round <= rounds; round++) { // last, since a third input makes calls dearer for all
            report(round, "none", run(emptyJob(splits, (int) (read / records))));
        }
        ratios.sort(null);
        System.out.printf(
                "rows per CPU second, millstream to kafka: %.2f (median of the rounds' ratios, %.2f to %.2f)%n",
                median(ratios), ratios.get(0), ratios.get(ratios.size() - 1));
        System.out.printf("ratio of the medians: %.2f%n", median(ofKafka) / median(ofOurs));
    }

    private static double median(List<Double> values) {
        values.sort(null);
        int half = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(half) : (values.get(half - 1) + values.get(half)) / 2;
    }

    private void report(int round, String name, Measured measured) {
        System.out.printf(
                "%-8s %-12s %,10.0f %8.0f %8.1f %,14.0f%n",
                round == 0 ? "warm-up" : String.valueOf(round),
                name,
                records / measured.seconds(),
                measured.bytes() / measured.seconds() / 1e6,
                measured.processorSeconds(),
                records / measured.processorSeconds());
    }

    private void fill() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "compression.type", codec, "batch.size", 131_072, "linger.ms", 20);
        SampleRecords samples = new SampleRecords(size);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            Future<RecordMetadata> last = null;
            for (int i = 0; i < records; i++) {
                last = producer.send(new ProducerRecord<>(topic, i % partitions, null, samples.value(i)));
            }
            producer.flush();
            last.get(); // that all are there is what each job's count is compared with
        }
    }

    private Job emptyJob(int splits, int valueBytes) throws IOException {
        Job job = job("none");
        job.getConfiguration().setInt(GeneratedInputFormat.RECORDS, records);
        job.getConfiguration().setInt(GeneratedInputFormat.SIZE, valueBytes);
        job.getConfiguration().setInt(GeneratedInputFormat.SPLITS, splits);
        job.setInputFormatClass(GeneratedInputFormat.class);
        return job;
    }

    private Job kafkaJob() throws IOException {
        Job job = job("kafka");
        job.getConfiguration().set(KafkaInputFormat.SERVERS, bootstrap);
        job.getConfiguration().set(KafkaInputFormat.TOPIC, topic);
        job.setInputFormatClass(KafkaInputFormat.class);
        return job;
    }

    private Job ourJob() throws IOException {
        Job job = job("millstream");
        TopicInputFormat.setBootstrap(job.getConfiguration(), bootstrap);
        TopicInputFormat.setTopics(job.getConfiguration(), topic);
        job.setInputFormatClass(BytesTopicInputFormat.class);
        return job;
    }

    private Job job(String name) throws IOException {
        Configuration conf = new Configuration();
        conf.set("mapreduce.framework.name", "local");
        conf.set("fs.defaultFS", "file:///");
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        conf.setInt("mapreduce.local.map.tasks.maximum", MAPS);
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        Job job = Job.getInstance(conf, name);
        job.setMapperClass(Count.class);
        job.setNumReduceTasks(0);
        job.setOutputFormatClass(NullOutputFormat.class);
        job.setOutputKeyClass(NullWritable.class);
        job.setOutputValueClass(NullWritable.class);
        return job;
    }

    private Measured run(Job job) throws Exception {
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long began = System.nanoTime();
        long used = machine.getProcessCpuTime();
        if (!job.waitForCompletion(false)) {
            throw new IllegalStateException("Job " + job.getJobName() + " failed");
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double processorSeconds = (machine.getProcessCpuTime() - used) / 1e9;
        long read = job.getCounters().findCounter(TaskCounter.MAP_INPUT_RECORDS).getValue();
        if (read != records) {
            throw new IllegalStateException("Job " + job.getJobName() + " read " + read + " records, not " + records);
        }
        long bytes = job.getCounters().findCounter("benchmark", "bytes").getValue();
        if (made && bytes != (long) records * size) {
            throw new IllegalStateException("Job " + job.getJobName() + " read values of " + bytes + " bytes");
        }
        return new Measured(seconds, processorSeconds, bytes);
    }
}
