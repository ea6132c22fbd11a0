package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.wire.ApiKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Plans of topics that are large, lopsided or full of holes. */
final class PlanningTest {

    private static final int SPLITS = 16;

    private FakeCluster cluster = FakeCluster.of(3);
    private final Configuration conf = new Configuration(false);

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<TopicSplit> plan(long splitBytes) throws Exception {
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        conf.set("millstream.input.topics.regex", ".*");
        conf.setLong("millstream.input.split.bytes", splitBytes);
        return TopicInputFormat.plan(conf);
    }

    @Test
    void ten_thousand_partitions_take_a_few_requests_to_each_broker() throws Exception {
        cluster.topic("many", 10_000);
        for (int i = 0; i < 10_000; i += 10) {
            cluster.append(new TopicPartition("many", i), 1);
        }

        List<TopicSplit> splits = plan(2_000);

        assertThat(splits.stream().mapToLong(TopicSplit::offsets).sum()).isEqualTo(1000);
        for (int broker = 0; broker < 3; broker++) {
            assertThat(cluster.broker(broker).calls(ApiKey.LIST_OFFSETS)).hasSize(2); // start and end
            assertThat(cluster.broker(broker).calls(ApiKey.DESCRIBE_RANGES)).hasSize(1);
            assertThat(cluster.broker(broker).calls(ApiKey.METADATA).size()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void nine_tenths_in_one_partition_of_records_of_all_sizes_make_even_splits() throws Exception {
        cluster.topic("lopsided", 11);
        Random random = new Random(7);
        long total = 0;
        long[] ends = new long[11];
        while (total < 160L << 20) {
            int partition = random.nextInt(10) > 0 ? 0 : 1 + random.nextInt(10);
            int size = (int) (100 * Math.pow(10_485.76, random.nextDouble())); // 100 B to 1 MiB, all magnitudes alike
            byte[] value = new byte[size];
            Record record = new Record(ends[partition]++, 0, null, value, List.of());
            cluster.append(new TopicPartition("lopsided", partition), Codec.NONE, List.of(record));
            total += size;
        }

        conf.setInt("millstream.input.split.max", SPLITS);
        assertBalanced(plan(total / SPLITS));
    }

    @Test
    void compacted_partitions_are_balanced_by_what_is_left_in_them() throws Exception {
        cluster.topic("compacted", 2);
        long offset = 0;
        for (int i = 0; i < 4000; i++) {
            offset += i < 2000 ? 1000 : 1; // its older half was compacted
            Record record = new Record(offset, 0, null, new byte[1000], List.of());
            cluster.append(new TopicPartition("compacted", 0), Codec.NONE, List.of(record));
        }

        conf.setInt("millstream.input.split.max", SPLITS);
        assertBalanced(plan(4000 * 1000 / SPLITS));
    }

    private static void assertBalanced(List<TopicSplit> splits) {
        assertThat(splits).hasSize(SPLITS);
        List<Long> bytes = new ArrayList<>(
                splits.stream().map(TopicSplit::getLength).sorted().toList());
        double median = (bytes.get(SPLITS / 2 - 1) + bytes.get(SPLITS / 2)) / 2.0;
        assertThat(bytes.get(SPLITS - 1) / median).as("%s", bytes).isLessThanOrEqualTo(1.15);
    }
}
