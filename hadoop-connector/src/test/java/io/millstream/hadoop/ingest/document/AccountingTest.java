package io.millstream.hadoop.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class AccountingTest {

    private static final String TOPIC = "clicks";

    private final IngestPlan plan = plan(new PartitionPlan(TOPIC, 0, 100, 200), new PartitionPlan(TOPIC, 1, 7, 7));

    @Test
    void rangesThatCoverThePartitionAndFilesThatHoldThemAddUp() {
        TaskReport first = report(List.of(range(0, 100, 150, 48, 1, 1)), data(0, 48), quarantine(0, 1));
        TaskReport second = report(List.of(range(0, 150, 200, 50, 0, 0)), data(0, 20), data(0, 30));

        List<PartitionTotals> totals = Accounting.prove(plan, List.of(second, first));

        assertThat(totals)
                .containsExactly(
                        new PartitionTotals(TOPIC, 0, 100, 200, 98, 1, 0, 1),
                        new PartitionTotals(TOPIC, 1, 7, 7, 0, 0, 0, 0));
    }

    @Test
    void tombstonesAreAccountedForAndInNoFile() {
        RangeAccount range = new RangeAccount(TOPIC, 0, 100, 200, 60, 0, 39, 1);

        assertThat(Accounting.prove(plan, List.of(report(List.of(range), data(0, 60)))))
                .contains(new PartitionTotals(TOPIC, 0, 100, 200, 60, 0, 39, 1));
    }

    @Test
    void aRangeThatNobodyReadIsFound() {
        TaskReport report = report(List.of(range(0, 100, 150, 50, 0, 0)), data(0, 50));

        assertUnaccounted("clicks-0", "150", report);
    }

    @Test
    void aHoleBetweenRangesIsFound() {
        TaskReport report = report(List.of(range(0, 100, 150, 50, 0, 0), range(0, 151, 200, 49, 0, 0)), data(0, 99));

        assertUnaccounted("clicks-0", "150", report);
    }

    @Test
    void aRangeThatTwoTasksReadIsFound() {
        TaskReport first = report(List.of(range(0, 100, 200, 100, 0, 0)), data(0, 100));
        TaskReport second = report(List.of(range(0, 150, 200, 50, 0, 0)), data(0, 50));

        assertUnaccounted("clicks-0", "150", first, second);
    }

    @Test
    void aRangeThatDoesNotBalanceIsFound() {
        TaskReport report = report(List.of(range(0, 100, 200, 98, 1, 0)), data(0, 98), quarantine(0, 1));

        assertUnaccounted("clicks-0", "98 records, 1 quarantined, 0 tombstones and 0 proven gaps", report);
    }

    @Test
    void recordsThatAreInNoFileAreFound() {
        TaskReport report = report(List.of(range(0, 100, 200, 100, 0, 0)), data(0, 99));

        assertUnaccounted("clicks-0", "data files hold 99 records, read were 100", report);
    }

    @Test
    void quarantinedRecordsThatAreInNoFileAreFound() {
        TaskReport report = report(List.of(range(0, 100, 200, 99, 1, 0)), data(0, 99));

        assertUnaccounted("clicks-0", "quarantine files hold 0", report);
    }

    @Test
    void aFileWhoseRowsAreNotItsOffsetsIsFound() {
        StagedFile file = new StagedFile(
                "0.parquet", FileKind.DATA, TOPIC, "f", 1, "00000000", 3, List.of(new OffsetSpan(0, 1, 2, 2)));

        assertUnaccounted("0.parquet", "3 rows", report(List.of(), file));
    }

    @Test
    void aPartitionThatWasNotPlannedIsFound() {
        TaskReport report =
                report(List.of(range(0, 100, 200, 100, 0, 0), range(5, 0, 1, 1, 0, 0)), data(0, 100), data(5, 1));

        assertUnaccounted("clicks-5", "not planned", report);
    }

    private void assertUnaccounted(String where, String what, TaskReport... reports) {
        assertThatThrownBy(() -> Accounting.prove(plan, List.of(reports)))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining(where)
                .hasMessageContaining(what);
    }

    static IngestPlan plan(PartitionPlan... partitions) {
        return new IngestPlan(
                "job",
                "run",
                1,
                "file:/lake",
                JobConfig.RECORD_TIME,
                List.of(new TopicPlan(TOPIC, new UUID(1, 2), 3, "\"string\"")),
                List.of(partitions),
                new TreeMap<>());
    }

    private static TaskReport report(List<RangeAccount> ranges, StagedFile... files) {
        return new TaskReport(0, false, List.of(files), ranges, List.of());
    }

    private static RangeAccount range(
            int partition, long start, long end, long delivered, long quarantined, long gaps) {
        return new RangeAccount(TOPIC, partition, start, end, delivered, quarantined, 0, gaps);
    }

    private static StagedFile data(int partition, long rows) {
        return file(FileKind.DATA, partition, rows);
    }

    private static StagedFile quarantine(int partition, long rows) {
        return file(FileKind.QUARANTINE, partition, rows);
    }

    private static StagedFile file(FileKind kind, int partition, long rows) {
        return new StagedFile(
                "0.parquet", kind, TOPIC, "f", 1, "00000000", rows, List.of(new OffsetSpan(partition, 0, rows, rows)));
    }
}
