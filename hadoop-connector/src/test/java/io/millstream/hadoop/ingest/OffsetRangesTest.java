package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.OffsetRanges.Known;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.PartitionPlan;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class OffsetRangesTest {

    private static final UUID TOPIC_ID = new UUID(1, 1);
    private static final TopicPartition PARTITION = new TopicPartition("clicks", 3);

    @Test
    void aRunGoesOnWhereTheJobStoppedUpToTheEndAsObserved() {
        assertThat(range(StartAt.EARLIEST, committed(100, TOPIC_ID), new LogBounds(50, 250)))
                .isEqualTo(new PartitionPlan("clicks", 3, 100, 250));
    }

    @Test
    void aPartitionThatIsNewBeginsWithItsOldestRecord() {
        assertThat(range(StartAt.EARLIEST, null, new LogBounds(50, 250)))
                .isEqualTo(new PartitionPlan("clicks", 3, 50, 250));
    }

    @Test
    void aPartitionThatIsNewBeginsAtItsEndIfLatestIsAskedFor() {
        assertThat(range(StartAt.LATEST, null, new LogBounds(50, 250)))
                .isEqualTo(new PartitionPlan("clicks", 3, 250, 250));
    }

    @Test
    void whereToStartSaysNothingAboutPartitionsThatTheJobKnows() {
        assertThat(range(StartAt.LATEST, committed(100, TOPIC_ID), new LogBounds(50, 250))
                        .start())
                .isEqualTo(100);
    }

    @Test
    void nothingNewIsAnEmptyRange() {
        assertThat(range(StartAt.EARLIEST, committed(250, TOPIC_ID), new LogBounds(250, 250))
                        .offsets())
                .isZero();
    }

    @Test
    void retentionThatPassedTheJobIsNamedWithWhatIsLost() {
        assertThatThrownBy(() -> range(StartAt.EARLIEST, committed(100, TOPIC_ID), new LogBounds(130, 250)))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("clicks-3")
                .hasMessageContaining("committed offset 100")
                .hasMessageContaining("available from 130")
                .hasMessageContaining("30 records lost")
                .hasMessageContaining("/consumers/job/offsets/clicks/3 to 130");
    }

    @Test
    void aTopicThatWasMadeAnewIsNeverResumed() {
        assertThatThrownBy(() -> range(StartAt.EARLIEST, committed(100, new UUID(2, 2)), new LogBounds(0, 250)))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("deleted and created again")
                .hasMessageContaining(TOPIC_ID.toString());
    }

    @Test
    void anOffsetOfNobodyKnowsWhichTopicIsRefused() {
        assertThatThrownBy(() -> range(StartAt.EARLIEST, new CommittedOffset(100, null), new LogBounds(0, 250)))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("/consumers/job/offset_meta/clicks/3");
    }

    @Test
    void aLogThatEndsBeforeTheCommittedOffsetIsRefused() {
        assertThatThrownBy(() -> range(StartAt.EARLIEST, committed(251, TOPIC_ID), new LogBounds(0, 250)))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("past the log's end 250");
    }

    @Test
    void manyObjectionsAreOneLineThatNamesTheFirst() {
        TreeMap<TopicPartition, Known> partitions = new TreeMap<>();
        for (int i = 0; i < 8; i++) {
            partitions.put(
                    new TopicPartition("clicks", i), new Known(TOPIC_ID, committed(1, TOPIC_ID), new LogBounds(2, 3)));
        }

        assertThatThrownBy(() -> OffsetRanges.of("job", StartAt.EARLIEST, partitions))
                .hasMessageContaining("clicks-0")
                .hasMessageContaining("clicks-4")
                .hasMessageContaining("and 3 more partitions")
                .hasMessageNotContainingAny("clicks-5", "\n");
    }

    private static CommittedOffset committed(long offset, UUID topicId) {
        return new CommittedOffset(offset, new OffsetMetadata(topicId, -1, ""));
    }

    private static PartitionPlan range(StartAt startAt, CommittedOffset committed, LogBounds log) {
        TreeMap<TopicPartition, Known> partitions = new TreeMap<>();
        partitions.put(PARTITION, new Known(TOPIC_ID, committed, log));
        return OffsetRanges.of("job", startAt, partitions).get(0);
    }
}
