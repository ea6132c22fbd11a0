package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.SplitPlanner.PlannedSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitPlannerTest {

    private static final int ROUNDS = 300;

    /** {@code -Dmillstream.seed=N} replays a failure, whose message names the seed. */
    private static long seed() {
        Long given = Long.getLong("millstream.seed");
        return given != null ? given : new Random().nextLong();
    }

    @Test
    void every_offset_is_in_exactly_one_split_in_order_and_splits_are_balanced() {
        Random seeds = new Random(seed());
        for (int round = 0; round < ROUNDS; round++) {
            long seed = Long.getLong("millstream.seed") != null ? seed() : seeds.nextLong();
            Random random = new Random(seed);
            List<SizedRange> chunks = chunks(random);
            long target = 1L + random.nextInt(100_000);
            int most = 1 + random.nextInt(random.nextBoolean() ? 5 : 1000);

            List<PlannedSplit> splits = SplitPlanner.plan(chunks, target, most);

            String replay = "-Dmillstream.seed=" + seed;
            long total = chunks.stream().mapToLong(SizedRange::bytes).sum();
            long largest = chunks.stream().mapToLong(SizedRange::bytes).max().orElse(0);
            long count = Math.min(most, Math.max(1, (total - 1) / target + 1));
            assertThat(offsets(splits)).as(replay).isEqualTo(offsetsOf(chunks));
            assertThat(splits.size()).as(replay).isLessThanOrEqualTo((int) count);
            assertThat(splits.stream().mapToLong(PlannedSplit::bytes).sum())
                    .as(replay)
                    .isEqualTo(total);
            double mean = (double) total / count;
            assertThat(splits).as(replay).allSatisfy(split -> {
                assertThat(split.offsets()).isPositive();
                assertThat((double) split.bytes()).isLessThanOrEqualTo(mean + largest);
                assertThat(adjacent(split.ranges())).isFalse();
            });
            assertThat(SplitPlanner.plan(chunks, target, most)).as(replay).isEqualTo(splits);
        }
    }

    /** A few partitions, some hot, some empty, in chunks that lie side by side. */
    private static List<SizedRange> chunks(Random random) {
        List<SizedRange> chunks = new ArrayList<>();
        for (int partition = random.nextInt(20); partition >= 0; partition--) {
            long at = random.nextInt(1000);
            int size = random.nextInt(4) == 0 ? 50_000 : 2_000;
            for (int i = random.nextInt(random.nextInt(5) == 0 ? 200 : 5); i > 0; i--) {
                long to = at + (random.nextInt(30) == 0 ? 0 : 1 + random.nextInt(50));
                long bytes = to == at || random.nextInt(20) == 0 ? 0 : random.nextInt(size);
                chunks.add(chunk(partition, at, to, bytes));
                at = to;
            }
        }
        return chunks;
    }

    /** Every offset of every partition, in the order read. */
    private static List<String> offsets(List<PlannedSplit> splits) {
        return offsetsOf(
                splits.stream().flatMap(split -> split.ranges().stream()).toList());
    }

    private static List<String> offsetsOf(List<SizedRange> ranges) {
        List<String> offsets = new ArrayList<>();
        for (SizedRange each : ranges) {
            for (long at = each.range().from(); at < each.range().to(); at++) {
                offsets.add(each.range().partition() + "@" + at);
            }
        }
        return offsets;
    }

    private static boolean adjacent(List<SizedRange> ranges) {
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i - 1).touches(ranges.get(i))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void a_hot_partition_becomes_many_splits_cut_at_its_chunks() {
        List<SizedRange> chunks = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            chunks.add(chunk(0, i * 10L, i * 10L + 10, 100));
        }

        List<PlannedSplit> splits = SplitPlanner.plan(chunks, 1000, 100);

        assertThat(splits).hasSize(16).allSatisfy(split -> {
            assertThat(split.bytes()).isEqualTo(1000);
            assertThat(split.ranges()).hasSize(1);
        });
    }

    @Test
    void many_small_partitions_share_a_split() {
        List<SizedRange> chunks = new ArrayList<>();
        for (int partition = 0; partition < 100; partition++) {
            chunks.add(chunk(partition, 5, 6, 10));
        }

        List<PlannedSplit> splits = SplitPlanner.plan(chunks, 250, 100);

        assertThat(splits).hasSize(4).allSatisfy(split -> assertThat(split.ranges())
                .hasSize(25));
    }

    @Test
    void one_partition_with_nine_tenths_of_the_bytes_is_spread_evenly() {
        Random random = new Random(1);
        List<SizedRange> chunks = new ArrayList<>();
        for (int i = 0; i < 1600; i++) {
            chunks.add(chunk(i % 10 == 0 ? 1 + i % 7 : 0, i * 10L, i * 10L + 10, 500 + random.nextInt(700)));
        }
        chunks.sort(java.util.Comparator.comparing(SizedRange::range));
        long total = chunks.stream().mapToLong(SizedRange::bytes).sum();

        List<PlannedSplit> splits = SplitPlanner.plan(chunks, total / 16 + 1, 100);

        assertThat(splits).hasSize(16);
        long most = splits.stream().mapToLong(PlannedSplit::bytes).max().orElseThrow();
        long median = splits.stream()
                .mapToLong(PlannedSplit::bytes)
                .sorted()
                .skip(8)
                .findFirst()
                .orElseThrow();
        assertThat((double) most / median).isLessThan(1.15);
    }

    @Test
    void offsets_that_compaction_emptied_are_planned_nevertheless() {
        List<PlannedSplit> splits = SplitPlanner.plan(List.of(chunk(0, 0, 1000, 0), chunk(1, 0, 5, 0)), 100, 10);

        assertThat(splits).singleElement().satisfies(split -> assertThat(split.offsets())
                .isEqualTo(1005));
    }

    @Test
    void nothing_to_read_needs_no_split() {
        assertThat(SplitPlanner.plan(List.of(), 100, 10)).isEmpty();
        assertThat(SplitPlanner.plan(List.of(chunk(0, 7, 7, 0)), 100, 10)).isEmpty();
    }

    @Test
    void a_target_or_limit_below_one_is_refused() {
        assertThatThrownBy(() -> SplitPlanner.plan(List.of(), 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SplitPlanner.plan(List.of(), 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void where_only_offsets_are_known_chunks_have_as_many_offsets_as_fill_the_target() {
        OffsetRange range = new OffsetRange(new TopicPartition("plain", 0), 10, 1035);

        List<SizedRange> chunks = SizedRange.cutByOffsets(range, 100, 10_000, 1000);

        assertThat(chunks).hasSize(11);
        assertThat(chunks.get(10)).isEqualTo(chunk("plain", 0, 1010, 1035, 2500));
        assertThat(offsetsOf(chunks)).hasSize(1025).doesNotHaveDuplicates();
        assertThat(SizedRange.cutByOffsets(range, 100, 10_000, 3)).hasSize(3);
        OffsetRange whole = new OffsetRange(new TopicPartition("plain", 0), 0, Long.MAX_VALUE);
        assertThat(SizedRange.cutByOffsets(whole, 1000, 1, 10)).hasSize(10);
    }

    private static SizedRange chunk(int partition, long from, long to, long bytes) {
        return chunk("t", partition, from, to, bytes);
    }

    private static SizedRange chunk(String topic, int partition, long from, long to, long bytes) {
        return new SizedRange(new OffsetRange(new TopicPartition(topic, partition), from, to), bytes);
    }
}
