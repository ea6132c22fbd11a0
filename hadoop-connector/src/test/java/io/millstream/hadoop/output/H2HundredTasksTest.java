package io.millstream.hadoop.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.Outgoing;
import io.millstream.client.Producer;
import io.millstream.client.ProducerSettings;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.storage.QuickLocalFileSystem;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.zookeeper.server.NIOServerCnxn;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * H2: a hundred tasks at once on one host, with a ZooKeeper that takes few connections from one address, as every ZooKeeper does
 * unless told otherwise. Tasks make none: what they read and write of a group's input and of a publication is the driver's.
 */
final class H2HundredTasksTest {

    private static final int TASKS = 100;

    /** The broker's, that of whoever plans or commits, and one that is about to close. ZooKeeper's default is 60. */
    private static final int MOST_CONNECTIONS = 3;

    /** Of the driver, one after the other: to plan the input, to plan the output, to commit. */
    private static final int DRIVER_CONNECTIONS = 3;

    /** Sessions are of at most twenty ticks: long enough that no pause of this JVM makes anybody connect once more. */
    private static final int TICK_MILLIS = 2000;

    private static final long PATIENCE_SECONDS = 120;
    private static final CyclicBarrier ALL_AT_ONCE = new CyclicBarrier(TASKS);

    @TempDir
    private Path folder;

    /** A ZooKeeper that takes {@link #MOST_CONNECTIONS} from one address, and counts what connects. */
    private static final class FewConnections extends NIOServerCnxnFactory implements AutoCloseable {

        private final AtomicInteger made = new AtomicInteger();

        static FewConnections start(Path data) throws Exception {
            FewConnections factory = new FewConnections();
            factory.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MOST_CONNECTIONS, -1, false);
            Path folder = Files.createDirectories(data);
            factory.startup(new ZooKeeperServer(folder.toFile(), folder.toFile(), TICK_MILLIS));
            return factory;
        }

        @Override
        protected NIOServerCnxn createConnection(SocketChannel socket, SelectionKey key, SelectorThread selector)
                throws IOException {
            made.incrementAndGet();
            return super.createConnection(socket, key, selector);
        }

        String connectString() {
            return "127.0.0.1:" + getLocalPort();
        }

        @Override
        public void close() {
            shutdown();
        }
    }

    /** Goes on once all tasks have opened their input, and then writes what it reads. */
    public static final class Copies extends Mapper<NullWritable, TopicRecord, NullWritable, BytesWritable> {

        @Override
        protected void setup(Mapper<NullWritable, TopicRecord, NullWritable, BytesWritable>.Context context)
                throws IOException, InterruptedException {
            try {
                ALL_AT_ONCE.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (BrokenBarrierException | TimeoutException e) {
                throw new IOException("Not all tasks ran at once", e);
            }
        }

        @Override
        protected void map(
                NullWritable key,
                TopicRecord record,
                Mapper<NullWritable, TopicRecord, NullWritable, BytesWritable>.Context context)
                throws IOException, InterruptedException {
            context.write(key, new BytesWritable(record.value()));
        }
    }

    @Test
    void aHundredTasksAtOnceDoNotConnectToZooKeeper() throws Exception {
        try (FewConnections zooKeeper = FewConnections.start(folder.resolve("zookeeper"));
                Broker broker = Broker.start(BrokerConfig.of(Map.of(
                        "broker.id", "1",
                        "listeners", "PLAINTEXT://127.0.0.1:0",
                        "http.port", "-1",
                        "zookeeper.connect", zooKeeper.connectString(),
                        "log.dirs", folder.resolve("log").toString())));
                Cluster cluster =
                        Cluster.bootstrap(List.of(broker.endpoint()), ClientSettings.defaults("hundred-tasks"))) {
            fill(cluster);
            int before = zooKeeper.made.get();

            Job job = job(broker.endpoint().toString(), zooKeeper.connectString());
            assertThat(job.waitForCompletion(false)).isTrue();

            assertThat(zooKeeper.made.get() - before).isLessThanOrEqualTo(DRIVER_CONNECTIONS);
            TopicPartition copies = new TopicPartition("copies", 0);
            assertThat(new Admin(cluster).endOffsets(Set.of(copies))).isEqualTo(Map.of(copies, (long) TASKS));
        }
    }

    /** One record in each of a hundred partitions. */
    private static void fill(Cluster cluster) {
        new Admin(cluster).createTopic(new TopicName("clicks"), TASKS, 1, Map.of());
        new Admin(cluster).createTopic(new TopicName("copies"), 1, 1, Map.of());
        List<CompletableFuture<?>> sent = new ArrayList<>();
        try (Producer producer = new Producer(cluster, ProducerSettings.defaults())) {
            for (int partition = 0; partition < TASKS; partition++) {
                sent.add(producer.send(Outgoing.of(new TopicName("clicks"), null, ("click" + partition).getBytes(UTF_8))
                        .to(partition)));
            }
        }
        sent.forEach(CompletableFuture::join);
    }

    private Job job(String bootstrap, String zooKeeper) throws IOException {
        Configuration conf = new Configuration();
        QuickLocalFileSystem.register(conf);
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        conf.setInt("mapreduce.client.progressmonitor.pollinterval", 20);
        conf.setInt("mapreduce.local.map.tasks.maximum", TASKS);
        TopicInputFormat.setBootstrap(conf, bootstrap);
        TopicInputFormat.setTopics(conf, "clicks");
        TopicInputFormat.setGroup(conf, "copying", zooKeeper);
        conf.setInt("millstream.input.split.bytes", 1);
        TopicOutputFormat.setTopics(conf, "copies");
        TopicOutputFormat.setZooKeeper(conf, zooKeeper);
        conf.set("millstream.output.staging", folder.resolve("staging").toUri().toString());
        Job job = Job.getInstance(conf, "copy with a hundred tasks");
        job.setInputFormatClass(TopicInputFormat.class);
        job.setMapperClass(Copies.class);
        job.setNumReduceTasks(0);
        job.setOutputFormatClass(TopicOutputFormat.class);
        TopicInputFormat.commitOnSuccess(job);
        return job;
    }
}
