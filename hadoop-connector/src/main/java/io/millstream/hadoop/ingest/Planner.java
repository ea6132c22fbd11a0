package io.millstream.hadoop.ingest;

import static io.millstream.coordination.Coordination.await;

import io.millstream.client.Admin;
import io.millstream.client.Cluster;
import io.millstream.client.ClusterView;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.GroupOffsets;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.OffsetRanges.Known;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.IngestPlan;
import io.millstream.hadoop.ingest.document.PartitionPlan;
import io.millstream.hadoop.ingest.document.TopicPlan;
import io.millstream.hadoop.ingest.task.ParquetFormat;
import io.millstream.hadoop.ingest.task.TimeBasis;
import io.millstream.hadoop.input.PendingOffsets;
import io.millstream.schemas.RegisteredSchema;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.SchemaText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** Finds out what a run takes: from the offsets that the job has committed to the ends of the logs as they are now. */
final class Planner {

    private final IngestOptions options;
    private final String to;
    private final Coordination coordination;
    private final Cluster cluster;
    private final PlannedSchemas schemas;
    private final ParquetFormat format;

    /** Why one plans. */
    enum Purpose {
        /** To run: what the commit will need in ZooKeeper is made. */
        RUN,
        /** To look: nothing is changed. */
        SHOW
    }

    Planner(IngestOptions options, String to, Coordination coordination, Cluster cluster, ParquetFormat format) {
        this.options = options;
        this.to = to;
        this.coordination = coordination;
        this.cluster = cluster;
        this.schemas = new PlannedSchemas(new SchemaRegistry(coordination));
        this.format = format;
    }

    /** @throws IngestException if the job cannot go on where it stopped, or a topic's records could not be written */
    Planned plan(String run, int fence, Purpose purpose) {
        await(cluster.learnAll());
        TopicChoice.Chosen chosen = options.topics().among(cluster.topics());
        SortedSet<TopicName> topics = chosen.taken();
        SortedMap<TopicName, UUID> topicIds = topicIds(topics);
        Set<TopicPartition> partitions = topics.stream()
                .flatMap(topic ->
                        cluster.partitions(topic).stream().map(partition -> new TopicPartition(topic, partition)))
                .collect(Collectors.toSet());
        if (purpose == Purpose.RUN) {
            await(GroupOffsets.prepare(coordination, options.job(), topics));
        }
        await(coordination.sync()); // a server that lags would give offsets that are read already
        GroupOffsets committed = await(GroupOffsets.read(coordination, options.job(), partitions));
        if (purpose == Purpose.RUN) {
            ensureNobodyIsWriting();
        }
        List<PartitionPlan> ranges =
                OffsetRanges.of(options.job(), options.startAt(), known(committed, topicIds, partitions));
        // After the ends were observed: what lies below them was produced, hence its schema registered, before now.
        await(coordination.sync());
        List<TopicPlan> topicPlans = topicPlans(topicIds, ranges);
        boolean empty = ranges.stream().allMatch(range -> range.offsets() == 0);
        SortedMap<Integer, String> writers = empty ? new TreeMap<>() : schemas.all();
        IngestPlan plan = new IngestPlan(options.job(), run, fence, to, options.time(), topicPlans, ranges, writers);
        return new Planned(plan, committed, topics, chosen.leftOut());
    }

    /** After the offsets were read, or it proves nothing. */
    private void ensureNobodyIsWriting() {
        PendingOffsets.objection(coordination, options.job()).ifPresent(why -> {
            throw new IngestException(why);
        });
    }

    private SortedMap<TopicName, UUID> topicIds(SortedSet<TopicName> topics) {
        SortedMap<TopicName, UUID> ids = new TreeMap<>();
        for (TopicName topic : topics) {
            ids.put(topic, id(topic));
        }
        return ids;
    }

    private UUID id(TopicName topic) {
        return cluster.topic(topic)
                .flatMap(ClusterView.Topic::id)
                .orElseThrow(() -> new IngestException("Topic " + topic + " does not exist any more"));
    }

    private SortedMap<TopicPartition, Known> known(
            GroupOffsets committed, SortedMap<TopicName, UUID> topicIds, Set<TopicPartition> partitions) {
        Admin admin = new Admin(cluster);
        Map<TopicPartition, Long> starts = admin.startOffsets(partitions);
        Map<TopicPartition, Long> ends = admin.endOffsets(partitions);
        SortedMap<TopicPartition, Known> known = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            LogBounds bounds = new LogBounds(starts.get(partition), ends.get(partition));
            UUID topicId = topicIds.get(partition.topic());
            known.put(partition, new Known(topicId, committed.offset(partition).orElse(null), bounds));
        }
        return known;
    }

    private List<TopicPlan> topicPlans(SortedMap<TopicName, UUID> topicIds, List<PartitionPlan> ranges) {
        Set<String> withRecords = ranges.stream()
                .filter(range -> range.offsets() > 0)
                .map(PartitionPlan::topic)
                .collect(Collectors.toSet());
        List<TopicPlan> plans = new ArrayList<>();
        topicIds.forEach((topic, id) -> plans.add(
                withRecords.contains(topic.value())
                        ? withSchema(topic, id)
                        : TopicPlan.withoutRecords(topic.value(), id)));
        return plans;
    }

    private TopicPlan withSchema(TopicName topic, UUID id) {
        RegisteredSchema reader = schemas.readerOf(topic);
        format.columns(topic.value(), reader.schema());
        TimeBasis.of(options.time(), topic.value(), reader.schema());
        return new TopicPlan(topic.value(), id, reader.id(), SchemaText.canonical(reader.schema()));
    }

    /** @throws IngestException if a topic was made anew since it was planned, so that its records may be of either */
    void ensureSameTopics(IngestPlan plan) {
        await(cluster.learnAll());
        for (TopicPlan planned : plan.topics()) {
            UUID now = id(new TopicName(planned.topic()));
            if (!now.equals(planned.topicId())) {
                throw new IngestException(
                        "Topic " + planned.topic() + " was deleted and created again while it was read (id "
                                + planned.topicId() + ", now " + now + "). Nothing was committed");
            }
        }
    }
}
