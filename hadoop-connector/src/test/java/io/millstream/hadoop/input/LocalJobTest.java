package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Counter;
import org.apache.hadoop.mapreduce.CounterGroup;
import org.apache.hadoop.mapreduce.Job;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole MapReduce jobs in this process. */
class LocalJobTest {

    private final FakeCluster cluster = FakeCluster.of(2).topic("words", 3);
    private final Configuration conf = new Configuration();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_word_count_reads_every_record_of_every_split_once() throws Exception {
        for (int i = 0; i < 40; i++) {
            append(i % 3, Codec.of(i % 5), 50L * (i / 3));
        }
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        TopicInputFormat.setTopics(conf, "words");
        conf.set("millstream.input.split.bytes", "5000");
        Job job = WordCount.job(conf, folder);

        assertThat(job.waitForCompletion(false)).isTrue();

        assertThat(WordCount.counts(folder)).isEqualTo(Map.of("all", 2000L, "even", 1000L, "odd", 1000L));
        CounterGroup group = job.getCounters().getGroup(InputCounter.class.getName());
        assertThat(group.getDisplayName()).isEqualTo("Millstream");
        assertThat(group.findCounter("RECORDS").getValue()).isEqualTo(2000);
        assertThat(group).extracting(Counter::getDisplayName).contains("Records read", "Offsets accounted for");
        assertThat(job.getCounters()
                        .findCounter("org.apache.hadoop.mapreduce.TaskCounter", "MAP_INPUT_RECORDS")
                        .getValue())
                .isEqualTo(2000);
    }

    @Test
    void a_job_with_data_it_cannot_read_fails() throws Exception {
        append(0, Codec.ZSTD, 0);
        append(0, Codec.ZSTD, 50);
        cluster.damage(new TopicPartition("words", 0), 1);
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        TopicInputFormat.setTopics(conf, "words");
        Job job = WordCount.job(conf, folder);

        assertThat(job.waitForCompletion(false)).isFalse();
    }

    @Test
    void a_job_without_ranges_has_no_map_task() throws Exception {
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        TopicInputFormat.setRanges(conf, List.of());
        Job job = WordCount.job(conf, folder);

        assertThat(job.waitForCompletion(false)).isTrue();
        assertThat(WordCount.counts(folder)).isEmpty();
    }

    private void append(int partition, Codec codec, long first) {
        List<Record> records = new ArrayList<>();
        for (long offset = first; offset < first + 50; offset++) {
            String text = "all " + (offset % 2 == 0 ? "even" : "odd");
            records.add(new Record(offset, offset, null, text.getBytes(StandardCharsets.UTF_8), List.of()));
        }
        cluster.append(new TopicPartition("words", partition), codec, records);
    }
}
