package io.millstream.hadoop.ingest;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.GroupOffsets;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.IngestPlan;
import io.millstream.hadoop.ingest.document.PartitionPlan;
import io.millstream.hadoop.ingest.state.CommitPoint;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A plan, and what its commit is conditional on.
 *
 * @param plan what to read
 * @param offsets the group's offsets as they were read for it
 * @param topics all selected topics, also those without new records
 * @param leftOut topics that the user left out
 */
record Planned(IngestPlan plan, GroupOffsets offsets, SortedSet<TopicName> topics, SortedSet<TopicName> leftOut) {

    /** Each time again: what nobody reads any more is forgotten easily, and retention does not wait. */
    void sayWhatIsLeftOut(Progress progress) {
        if (!leftOut.isEmpty()) {
            progress.say("leaves out by --exclude: "
                    + leftOut.stream().map(TopicName::value).collect(Collectors.joining(", ")));
        }
    }

    /** Where the partitions begin that nothing is committed for yet. */
    SortedMap<TopicPartition, CommittedOffset> starts() {
        Map<String, UUID> topicIds = new HashMap<>();
        plan.topics().forEach(topic -> topicIds.put(topic.topic(), topic.topicId()));
        SortedMap<TopicPartition, CommittedOffset> starts = new TreeMap<>();
        for (PartitionPlan partition : plan.partitions()) {
            if (offsets.offset(partition.topicPartition()).isEmpty()) {
                UUID topicId = topicIds.get(partition.topic());
                starts.put(partition.topicPartition(), CommitPoint.offset(topicId, partition.start()));
            }
        }
        return starts;
    }
}
