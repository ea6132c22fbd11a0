package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.client.ClientException;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From configuration to offsets and splits, on a cluster in memory. */
class InputPlanTest {

    private static final long NOW = 1_000_000;

    private final FakeSource source = new FakeSource()
            .with("clicks", 0, 10, 110, "h1", "h2")
            .with("clicks", 1, 0, 50, "h2", "h3")
            .with("views", 0, 5, 5, "h1")
            .with("orders", 0, 0, 1000, "h3");
    private final Configuration conf = new Configuration(false);
    private Map<TopicPartition, Long> committed = Map.of();

    InputPlanTest() {
        conf.set("millstream.input.bootstrap", "localhost:9092, [::1]:9093");
    }

    @Test
    void all_that_is_retained_of_topics_by_name_and_pattern_without_the_excluded() throws IOException {
        conf.set("millstream.input.topics", "clicks, views");
        conf.set("millstream.input.topics.regex", "o.*");
        assertThat(ranges()).containsExactly("clicks:0:10:110", "clicks:1:0:50", "orders:0:0:1000");

        conf.set("millstream.input.topics.exclude", "c.*s");
        assertThat(ranges()).containsExactly("orders:0:0:1000");
    }

    @Test
    void explicit_offsets_as_text_from_the_driver_or_a_file(@TempDir Path folder) throws IOException {
        List<OffsetRange> wanted = List.of(OffsetRange.parse("clicks:1:3:9"), OffsetRange.parse("clicks:1:9:10"));
        TopicInputFormat.setRanges(conf, wanted);
        assertThat(ranges()).containsExactly("clicks:1:3:9", "clicks:1:9:10");

        TopicInputFormat.setRanges(conf, List.of());
        assertThat(ranges()).isEmpty();
        assertThat(splits()).isEmpty();

        conf.unset("millstream.input.offsets");
        Path file = Files.writeString(folder.resolve("offsets"), "orders:0:1:2\nclicks:0:10:20\n");
        conf.set("millstream.input.offsets.file", file.toUri().toString());
        assertThat(ranges()).containsExactly("clicks:0:10:20", "orders:0:1:2");
    }

    @Test
    void a_time_window_from_its_first_record_to_before_the_first_that_is_later() throws IOException {
        conf.set("millstream.input.topics", "clicks");
        conf.set("millstream.input.from", "1970-01-01T00:00:20Z");
        conf.set("millstream.input.to", "1970-01-01T00:01Z");
        assertThat(ranges()).containsExactly("clicks:0:20:60", "clicks:1:20:50");

        conf.unset("millstream.input.to");
        assertThat(ranges()).containsExactly("clicks:0:20:110", "clicks:1:20:50");

        conf.set("millstream.input.from", "70000");
        assertThat(ranges()).containsExactly("clicks:0:70:110");
    }

    @Test
    void a_window_that_a_record_from_the_future_ends_is_told_of() throws IOException {
        source.withRecord("clicks", 1, 25, NOW + 60_001);
        conf.set("millstream.input.topics", "clicks");
        conf.set("millstream.input.from", "30000");
        conf.set("millstream.input.to", "40000");
        InputPlan plan = plan();

        assertThat(plan.ranges()).extracting(OffsetRange::encoded).containsExactly("clicks:0:30:40");

        assertThat(FutureRecords.warning(plan.endsInTheFuture())).hasValueSatisfying(warning -> assertThat(warning)
                .contains("partition clicks-1 at offset 25 (1970-01-01T00:17:40.001Z): ")
                .contains("message.timestamp.after.max.ms"));
        conf.unset("millstream.input.to"); // nothing is left out
        plan = plan();
        assertThat(plan.ranges()).extracting(OffsetRange::encoded).contains("clicks:1:25:50");
        assertThat(FutureRecords.warning(plan.endsInTheFuture())).isEmpty();
    }

    @Test
    void what_a_group_has_not_committed_and_all_of_partitions_new_to_it() throws IOException {
        conf.set("millstream.input.topics", "clicks, views");
        conf.set("millstream.input.group", "hourly");
        conf.set("millstream.input.zookeeper", "zk:2181");
        committed = Map.of(partition("clicks", 0), 60L);

        assertThat(ranges()).containsExactly("clicks:0:60:110", "clicks:1:0:50");
    }

    @Test
    void retained_data_that_is_gone_is_named_with_what_is_lost() {
        conf.set("millstream.input.offsets", "clicks:0:3:110");
        refuses("clicks-0", "offset 3", "starts at 10", "7 offsets");

        conf.set("millstream.input.offsets", "clicks:0:3:6");
        refuses("clicks-0", "offset 3", "starts at 10", "3 offsets");
    }

    @Test
    void retention_that_is_at_work_while_a_job_is_planned_is_named() {
        conf.set("millstream.input.topics", "orders");
        source.failingAfter(() -> source.with("orders", 0, 30, 1000, "h3"));
        assertThatThrownBy(this::splits)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("orders-0 no longer has offset 0: it starts at 30, so 30 offsets");

        source.failingAfter(() -> {});
        assertThatThrownBy(this::splits)
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("No description of the range");
    }

    @Test
    void a_group_that_commits_while_it_is_planned_is_not_beyond_the_end() throws IOException {
        conf.set("millstream.input.topics", "clicks");
        conf.set("millstream.input.group", "busy");
        conf.set("millstream.input.zookeeper", "zk:2181");
        InputPlan.CommittedOffsets growing = (choice, partitions) -> {
            source.with("clicks", 0, 10, 120, "h1"); // its consumers go on
            return Map.of(partition("clicks", 0), 115L);
        };
        InputPlan plan = new InputPlan(InputSettings.of(conf), source, growing, NOW);
        assertThat(plan.ranges()).contains(OffsetRange.parse("clicks:0:115:120"));
    }

    @Test
    void an_end_below_what_is_committed_is_asked_for_once_more() throws IOException {
        conf.set("millstream.input.topics", "clicks");
        conf.set("millstream.input.group", "hourly");
        conf.set("millstream.input.zookeeper", "zk:2181");
        committed = Map.of(partition("clicks", 0), 100L, partition("clicks", 1), 50L);
        source.endingFirstAt("clicks", 0, 90);

        assertThat(ranges()).containsExactly("clicks:0:100:110");
    }

    @Test
    void offsets_committed_beyond_the_end_are_not_silently_nothing() {
        conf.set("millstream.input.topics", "clicks");
        conf.set("millstream.input.group", "hourly");
        conf.set("millstream.input.zookeeper", "zk:2181");
        committed = Map.of(partition("clicks", 1), 51L);

        refuses("hourly", "clicks-1", "51", "ends at 50");
    }

    @Test
    void offsets_that_are_not_there_are_refused() {
        conf.set("millstream.input.offsets", "clicks:1:3:51");
        refuses("clicks-1 ends at 50", "3 to 51");
        conf.set("millstream.input.offsets", "clicks:2:3:51");
        refuses("Partition clicks-2 does not exist");
        conf.set("millstream.input.offsets", "click:1:3:51");
        refuses("Partition click-1 does not exist");
        conf.set("millstream.input.offsets", "clicks:1:3:9,clicks:1:8:10");
        refuses("twice", "[3, 9)", "[8, 10)");
    }

    @Test
    void a_log_that_ends_before_it_begins_is_not_silently_nothing() {
        source.with("cut", 0, 10, 5, "h1");
        conf.set("millstream.input.topics", "cut");
        refuses("Partition cut-0: what is wanted begins at offset 10 and ends at 5");
    }

    @Test
    void settings_that_cannot_be_meant_are_refused_by_name() {
        refuses("No topics", "millstream.input.topics");
        conf.set("millstream.input.topics", "clicks,nosuch");
        refuses("nosuch does not exist");
        conf.set("millstream.input.topics", "a/b");
        refuses("millstream.input.topics", "'a/b'");
        conf.set("millstream.input.topics", "clicks");

        with("millstream.input.topic.regex", "x", "There is no setting", "did you mean millstream.input.topics.regex");
        with("millstream.input.topics.exclude", "clicks", "No topic is chosen");
        with("millstream.input.topics.exclude", "(", "millstream.input.topics.exclude", "'('");
        with("millstream.input.offsets", "clicks:0:1:2", "not both");
        with("millstream.input.group", "g", "millstream.input.zookeeper");
        with("millstream.input.to", "5", "millstream.input.from");
        with("millstream.input.from", "yesterday", "'yesterday'");
        with("millstream.input.from", "1969-12-31T23:00Z", "'1969-12-31T23:00Z': it is before 1970");
        with("millstream.input.from", "+999999999-01-01T00:00Z", "millstream.input.from: cannot use");
        with("millstream.input.split.bytes", "0", "millstream.input.split.bytes=0");
        with("millstream.input.split.max", "many", "'many'");
        with("millstream.input.bootstrap", "localhost", "'localhost' is not HOST:PORT");
        with("millstream.input.bootstrap", "", "No brokers");
        conf.set("millstream.input.from", "5");
        with("millstream.input.to", "5", "before it begins");
        with("millstream.input.group", "g", "not both");
    }

    private void with(String key, String value, String... message) {
        String before = conf.get(key);
        conf.set(key, value);
        refuses(message);
        if (before == null) {
            conf.unset(key);
        } else {
            conf.set(key, before);
        }
    }

    @Test
    void splits_keep_to_one_topic_and_leader_and_name_its_hosts() throws IOException {
        conf.set("millstream.input.topics.regex", ".*");
        conf.set("millstream.input.split.bytes", "5000");

        List<TopicSplit> splits = splits();

        assertThat(splits).hasSize(23); // 115,000 bytes
        assertThat(splits.get(0).ranges()).singleElement().matches(range -> range.from() == 10);
        assertThat(splits.get(0).getLocations()).containsExactly("h1", "h2");
        assertThat(splits.get(2).ranges())
                .singleElement()
                .matches(range -> range.partition().partition() == 1);
        assertThat(splits.get(2).getLocations()).containsExactly("h2", "h3");
        assertThat(splits.get(22).getLocations()).containsExactly("h3");
        assertThat(splits).extracting(TopicSplit::getLength).allMatch(bytes -> bytes <= 5000 + 300);
    }

    @Test
    void without_sizes_splits_are_cut_by_offsets() throws IOException {
        source.withoutSizes();
        conf.set("millstream.input.topics", "orders");
        conf.set("millstream.input.record.bytes", "1000");
        conf.set("millstream.input.split.bytes", "100000");

        assertThat(splits()).hasSize(10).allSatisfy(split -> assertThat(split.offsets())
                .isBetween(94L, 106L));

        conf.set("millstream.input.split.max", "4");
        assertThat(splits()).hasSize(4);
    }

    private void refuses(String... message) {
        assertThatThrownBy(this::ranges)
                .isInstanceOf(InputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(message).doesNotContain("\n"));
    }

    private List<String> ranges() throws IOException {
        return plan().ranges().stream().map(OffsetRange::encoded).toList();
    }

    private List<TopicSplit> splits() throws IOException {
        return plan().splits();
    }

    private InputPlan plan() throws IOException {
        return new InputPlan(InputSettings.of(conf), source, (choice, partitions) -> committed, NOW);
    }

    private static TopicPartition partition(String topic, int partition) {
        return new TopicPartition(topic, partition);
    }
}
