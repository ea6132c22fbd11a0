package io.millstream.hadoop.ingest.document;

import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Proves from the tasks' reports that every planned offset was read once and went somewhere: the ranges of each partition
 * cover it without gap or overlap, each range balances, and the files hold what the ranges say. Pure.
 */
public final class Accounting {

    private final IngestPlan plan;
    private final SortedMap<TopicPartition, List<RangeAccount>> ranges = new TreeMap<>();
    private final Map<TopicPartition, Long> inData = new HashMap<>();
    private final Map<TopicPartition, Long> inQuarantine = new HashMap<>();

    private Accounting(IngestPlan plan) {
        this.plan = plan;
    }

    /**
     * The totals of each planned partition.
     *
     * @throws IngestException naming the partition whose offsets are not accounted for
     */
    public static List<PartitionTotals> prove(IngestPlan plan, List<TaskReport> reports) {
        Accounting accounting = new Accounting(plan);
        reports.forEach(accounting::add);
        return accounting.totals();
    }

    private void add(TaskReport report) {
        for (RangeAccount range : report.ranges()) {
            ranges.computeIfAbsent(new TopicPartition(range.topic(), range.partition()), key -> new ArrayList<>())
                    .add(range);
        }
        for (StagedFile file : report.files()) {
            Map<TopicPartition, Long> counts = file.kind() == FileKind.DATA ? inData : inQuarantine;
            long rows = 0;
            for (OffsetSpan span : file.spans()) {
                counts.merge(new TopicPartition(file.topic(), span.partition()), span.count(), Long::sum);
                rows += span.count();
            }
            if (rows != file.rows()) {
                throw new IngestException("Task " + report.task() + " says that " + file.name() + " has " + file.rows()
                        + " rows, and lists " + rows + " offsets in it. Nothing was committed; run again");
            }
        }
    }

    private List<PartitionTotals> totals() {
        List<PartitionTotals> totals = new ArrayList<>();
        for (PartitionPlan planned : plan.partitions()) {
            List<RangeAccount> read = ranges.remove(planned.topicPartition());
            totals.add(totals(planned, read == null ? List.of() : read));
        }
        if (!ranges.isEmpty()) {
            throw new IngestException("Tasks read " + ranges.firstKey() + ", which was not planned");
        }
        return totals;
    }

    private PartitionTotals totals(PartitionPlan planned, List<RangeAccount> read) {
        TopicPartition partition = planned.topicPartition();
        List<RangeAccount> sorted = new ArrayList<>(read);
        sorted.sort(Comparator.comparingLong(RangeAccount::start).thenComparingLong(RangeAccount::end));
        long next = planned.start();
        long delivered = 0;
        long quarantined = 0;
        long tombstones = 0;
        long gaps = 0;
        for (RangeAccount range : sorted) {
            if (range.start() != next) {
                throw unaccounted(
                        partition, "offsets from " + next + " were to follow, a task read from " + range.start());
            }
            if (!range.balances()) {
                throw unaccounted(
                        partition,
                        "offsets " + range.start() + " to " + range.end() + " gave " + range.delivered() + " records, "
                                + range.quarantined() + " quarantined, " + range.tombstones() + " tombstones and "
                                + range.gaps() + " proven gaps");
            }
            next = range.end();
            delivered += range.delivered();
            quarantined += range.quarantined();
            tombstones += range.tombstones();
            gaps += range.gaps();
        }
        if (next != planned.end()) {
            throw unaccounted(partition, "tasks read up to " + next + ", planned was " + planned.end());
        }
        requireInFiles(partition, "data", delivered, inData);
        requireInFiles(partition, "quarantine", quarantined, inQuarantine);
        return new PartitionTotals(
                planned.topic(),
                planned.partition(),
                planned.start(),
                planned.end(),
                delivered,
                quarantined,
                tombstones,
                gaps);
    }

    private static void requireInFiles(
            TopicPartition partition, String kind, long expected, Map<TopicPartition, Long> counts) {
        long found = counts.getOrDefault(partition, 0L);
        if (found != expected) {
            throw unaccounted(partition, kind + " files hold " + found + " records, read were " + expected);
        }
    }

    private static IngestException unaccounted(TopicPartition partition, String what) {
        return new IngestException(partition + " is not accounted for: " + what + ". Nothing was committed; run again");
    }
}
