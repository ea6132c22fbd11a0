package io.millstream.hadoop.ingest;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Paths;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.PartitionPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/**
 * From what is committed to what is there: the range that a run takes of each partition. Refuses, by name, whatever would
 * lose or repeat records silently. Pure.
 */
final class OffsetRanges {

    private static final int NAMED = 5;

    private final String job;
    private final StartAt startAt;
    private final List<String> objections = new ArrayList<>();

    private OffsetRanges(String job, StartAt startAt) {
        this.job = job;
        this.startAt = startAt;
    }

    /**
     * What is known of a partition.
     *
     * @param topicId id of the topic as it is now
     * @param committed how far the job has come; null if it never was here
     * @param log what can be read
     */
    record Known(UUID topicId, CommittedOffset committed, LogBounds log) {}

    /**
     * The ranges, sorted by partition.
     *
     * @throws IngestException naming the partitions that cannot be taken up where the job left them
     */
    static List<PartitionPlan> of(String job, StartAt startAt, SortedMap<TopicPartition, Known> partitions) {
        OffsetRanges ranges = new OffsetRanges(job, startAt);
        List<PartitionPlan> plans = new ArrayList<>();
        partitions.forEach((partition, known) -> plans.add(ranges.range(partition, known)));
        if (!ranges.objections.isEmpty()) {
            throw new IngestException(ranges.summary());
        }
        return plans;
    }

    private PartitionPlan range(TopicPartition partition, Known known) {
        LogBounds log = known.log();
        long start = startAt == StartAt.EARLIEST ? log.start() : log.end();
        if (known.committed() != null) {
            objection(partition, known).ifPresent(what -> objections.add(partition + ": " + what));
            start = known.committed().offset();
        }
        return new PartitionPlan(partition.topic().value(), partition.partition(), start, log.end());
    }

    private Optional<String> objection(TopicPartition partition, Known known) {
        long committed = known.committed().offset();
        OffsetMetadata metadata = known.committed().metadata();
        LogBounds log = known.log();
        if (metadata == null) {
            return Optional.of("committed offset " + committed + " does not say which topic it is of (no "
                    + Paths.offsetMeta(job, partition) + "); delete both znodes to begin anew");
        }
        if (!known.topicId().equals(metadata.topicId())) {
            return Optional.of("topic was deleted and created again (committed offset " + committed + " is of topic id "
                    + metadata.topicId() + ", the topic is now " + known.topicId()
                    + "); ingest the new topic under another --job into another --to");
        }
        if (committed < log.start()) {
            return Optional.of("retention has passed the job (committed offset " + committed + ", available from "
                    + log.start() + ", " + (log.start() - committed)
                    + " records lost); to go on without them, set znode "
                    + Paths.offset(job, partition) + " to " + log.start());
        }
        if (committed > log.end()) {
            return Optional.of("committed offset " + committed + " is past the log's end " + log.end()
                    + "; the log lost records that were ingested, find out why before you go on");
        }
        return Optional.empty();
    }

    private String summary() {
        String named = String.join("; ", objections.subList(0, Math.min(NAMED, objections.size())));
        int more = objections.size() - NAMED;
        return "Job " + job + " cannot go on from its committed offsets. " + named
                + (more > 0 ? "; and " + more + " more partitions" : "") + ". Nothing was read";
    }
}
