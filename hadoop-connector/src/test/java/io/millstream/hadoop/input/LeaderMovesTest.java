package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job during which every broker is stopped and started again, one after the other. */
final class LeaderMovesTest {

    private static final int RECORDS = 40_000; // of some hundred bytes: several fetches a partition
    private static final AtomicInteger MAPPED = new AtomicInteger();
    private static volatile LiveBroker brokers;

    /** Stops and starts brokers at some of its records. */
    public static final class Disturbing extends Mapper<TopicRecord, Text, NullWritable, Text> {

        @Override
        protected void map(TopicRecord key, Text value, Context context) throws IOException, InterruptedException {
            switch (MAPPED.incrementAndGet()) {
                case 100 -> brokers.stop(1);
                case 20_000 -> brokers.start(1);
                case 45_000 -> brokers.stop(2);
                case 60_000 -> brokers.start(2);
                default -> {}
            }
            context.write(NullWritable.get(), new Text(value.toString().substring(0, value.find("#"))));
        }
    }

    @Test
    void moved_leaders_and_restarted_brokers_leave_the_output_exact(@TempDir Path folder) throws Exception {
        try (LiveBroker live = LiveBroker.start(folder.resolve("brokers"), 2)) {
            brokers = live;
            MAPPED.set(0);
            live.create("moves", 2, 2);
            live.produceLong("moves", 2, RECORDS);
            Configuration conf = new Configuration();
            TopicInputFormat.setBootstrap(conf, live.bootstrap());
            TopicInputFormat.setTopics(conf, "moves");
            TopicInputFormat.setGroup(conf, "moves", live.zooKeeper());
            conf.set("millstream.input.split.bytes", "8000000");
            Job job = Lines.job(conf, folder, "out");
            job.setMapperClass(Disturbing.class);
            TopicInputFormat.commitOnSuccess(job);

            assertThat(job.waitForCompletion(false)).isTrue();

            assertThat(MAPPED).hasValue(2 * RECORDS);
            assertThat(Lines.written(folder.resolve("out"))).isEqualTo(Lines.expected("moves", 2, 0, RECORDS));
            assertThat(live.committed("moves")).hasSize(2).allSatisfy((partition, offset) -> assertThat(offset)
                    .isEqualTo(RECORDS));
        }
    }
}
