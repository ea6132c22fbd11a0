package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Planning over the wire. */
class TopicInputFormatTest {

    private static final TopicPartition HOT = new TopicPartition("clicks", 0);
    private static final TopicPartition COLD = new TopicPartition("clicks", 1);

    private final FakeCluster cluster = FakeCluster.of(2).topic("clicks", 2).topic("empty", 3);
    private final Configuration conf = new Configuration(false);

    @BeforeEach
    void oneHotPartition() {
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        for (int i = 0; i < 100; i++) {
            cluster.append(HOT, 50);
        }
        cluster.append(COLD, 7);
        conf.set("millstream.input.timeout.ms", "5000");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_hot_partition_is_cut_at_batch_borders_into_even_splits() throws IOException {
        TopicInputFormat.setTopics(conf, "clicks", "empty");
        long bytes = TopicInputFormat.plan(conf).get(0).getLength();
        conf.set("millstream.input.split.bytes", Long.toString(bytes / 10 + 1));

        List<TopicSplit> splits = TopicInputFormat.plan(conf);

        assertThat(splits).hasSize(10);
        assertThat(splits.stream().mapToLong(TopicSplit::offsets).sum()).isEqualTo(5007);
        assertThat(splits).allSatisfy(split -> assertThat(split.ranges())
                .allSatisfy(range -> assertThat(range.from() % 50).isZero()));
        assertThat(splits).allSatisfy(split -> assertThat(split.getLength()).isBetween(bytes / 12, bytes / 8));
        assertThat(splits.get(0).getLocations()).containsExactly("127.0.0.1");
    }

    @Test
    void brokers_without_sizes_are_cut_by_offsets() throws IOException {
        cluster.withoutDescribeRanges();
        TopicInputFormat.setTopics(conf, "clicks");
        conf.set("millstream.input.record.bytes", "100");
        conf.set("millstream.input.split.bytes", "50000");

        List<TopicSplit> splits = TopicInputFormat.plan(conf);

        assertThat(splits).hasSize(11);
        assertThat(splits.stream().mapToLong(TopicSplit::offsets).sum()).isEqualTo(5007);
    }

    @Test
    void two_ranges_of_a_partition_are_planned_each() throws IOException {
        TopicInputFormat.setRanges(conf, List.of(range(HOT, 10, 20), range(HOT, 4990, 5000), range(COLD, 0, 7)));

        List<TopicSplit> splits = TopicInputFormat.plan(conf);

        assertThat(splits).singleElement().satisfies(split -> assertThat(split.ranges())
                .containsExactly(range(HOT, 10, 20), range(HOT, 4990, 5000), range(COLD, 0, 7)));
    }

    @Test
    void what_was_resolved_is_of_the_topic_that_it_was_resolved_for() throws IOException {
        TopicInputFormat.setTopics(conf, "clicks", "empty");
        cluster.tellTopicId(new UUID(0, 1));
        Configuration resolved = TopicInputFormat.resolved(conf);

        assertThat(TopicInputFormat.plan(resolved)).isNotEmpty();
        cluster.tellTopicId(new UUID(0, 2));
        assertThatThrownBy(() -> TopicInputFormat.plan(resolved))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Topic clicks was deleted and made again")
                .hasMessageContaining("resolve the input anew");

        assertThat(TopicInputFormat.plan(conf)).isNotEmpty(); // another plan is of the topics that there are then
        conf.set("millstream.input.topic.ids", "clicks");
        assertThatThrownBy(() -> TopicInputFormat.plan(conf)).hasMessageContaining("topic.ids: cannot use 'clicks'");
    }

    @Test
    void topics_of_the_brokers_own_are_read_only_if_they_are_named() throws IOException {
        cluster.topic("__consumer_offsets", 1).append(new TopicPartition("__consumer_offsets", 0), 3);
        conf.set("millstream.input.topics.regex", "_.*|clicks");
        assertThat(offsets()).isEqualTo(5007);

        TopicInputFormat.setTopics(conf, "__consumer_offsets");
        assertThat(offsets()).isEqualTo(5010);
    }

    private long offsets() throws IOException {
        return TopicInputFormat.plan(conf).stream()
                .mapToLong(TopicSplit::offsets)
                .sum();
    }

    @Test
    void a_window_is_looked_up_by_time() throws IOException {
        TopicInputFormat.setTopics(conf, "clicks");
        conf.set("millstream.input.from", "3000");
        conf.set("millstream.input.to", "9000");

        assertThat(TopicInputFormat.plan(conf)).singleElement().satisfies(split -> assertThat(split.ranges())
                .containsExactly(range(HOT, 3, 9), range(COLD, 3, 7)));
    }

    @Test
    void a_cluster_that_cannot_be_reached_is_named() throws IOException {
        TopicInputFormat.setTopics(conf, "clicks");
        conf.set("millstream.input.timeout.ms", "500");
        cluster.close();

        assertThatThrownBy(() -> TopicInputFormat.plan(conf))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("127.0.0.1");
    }

    private static OffsetRange range(TopicPartition partition, long from, long to) {
        return new OffsetRange(partition, from, to);
    }
}
