package io.millstream.broker;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.ReplicationSettings;
import io.millstream.broker.controller.ProducerIds;
import io.millstream.broker.controller.Reconfiguration;
import io.millstream.broker.group.Groups;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.replica.LeadCheck;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.handler.AlterConfigsHandler;
import io.millstream.broker.server.handler.CreatePartitionsHandler;
import io.millstream.broker.server.handler.CreateTopicsHandler;
import io.millstream.broker.server.handler.DeleteRecordsHandler;
import io.millstream.broker.server.handler.DeleteTopicsHandler;
import io.millstream.broker.server.handler.DescribeClusterHandler;
import io.millstream.broker.server.handler.DescribeConfigsHandler;
import io.millstream.broker.server.handler.DescribeLogDirsHandler;
import io.millstream.broker.server.handler.DescribeProducersHandler;
import io.millstream.broker.server.handler.DescribeRangesHandler;
import io.millstream.broker.server.handler.ElectLeadersHandler;
import io.millstream.broker.server.handler.FetchHandler;
import io.millstream.broker.server.handler.FetchSessions;
import io.millstream.broker.server.handler.InitProducerIdHandler;
import io.millstream.broker.server.handler.ListOffsetsHandler;
import io.millstream.broker.server.handler.MetadataHandler;
import io.millstream.broker.server.handler.NearestReplica;
import io.millstream.broker.server.handler.OffsetForLeaderEpochHandler;
import io.millstream.broker.server.handler.ProduceHandler;
import io.millstream.broker.server.handler.ReassignmentHandler;
import io.millstream.broker.server.handler.ServedCluster;
import io.millstream.broker.server.handler.TopicCreation;
import io.millstream.broker.server.handler.UnseenTopics;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import io.millstream.wire.message.AlterConfigs;
import io.millstream.wire.message.AlterPartitionReassignments;
import io.millstream.wire.message.CreatePartitions;
import io.millstream.wire.message.CreateTopics;
import io.millstream.wire.message.DeleteRecords;
import io.millstream.wire.message.DeleteTopics;
import io.millstream.wire.message.DescribeCluster;
import io.millstream.wire.message.DescribeConfigs;
import io.millstream.wire.message.DescribeLogDirs;
import io.millstream.wire.message.DescribeProducers;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.ElectLeaders;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.IncrementalAlterConfigs;
import io.millstream.wire.message.InitProducerId;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.ListPartitionReassignments;
import io.millstream.wire.message.Metadata;
import io.millstream.wire.message.OffsetForLeaderEpoch;
import io.millstream.wire.message.Produce;

/** Everything a broker answers. */
final class Handlers {

    private Handlers() {}

    /** What requests are about, besides the cluster. */
    record Backends(
            Partitions partitions,
            LeadCheck leadCheck,
            LogDirectories logs,
            ProducerIds producerIds,
            Reconfiguration reconfiguration,
            Groups groups,
            FetchHandler.ForFollowers followers,
            TopicCreation creation,
            UnseenTopics unseen) {}

    /**
     * @param search a worker for what reads files or decompresses
     * @param upkeep a worker for what changes files, or looks at all of them
     */
    static Dispatcher all(ServedCluster served, Backends backends, Loop search, Loop upkeep) {
        Partitions partitions = backends.partitions();
        int sessionSlots = served.config().get(BrokerSettings.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS);
        FetchSessions sessions = new FetchSessions(sessionSlots, served.entropy());
        AlterConfigsHandler settings = new AlterConfigsHandler(served, backends.reconfiguration());
        ReassignmentHandler reassignments = new ReassignmentHandler(served);
        return GroupHandlers.all(served, backends.groups())
                .on(ApiKey.PRODUCE, Produce.Request.class, new ProduceHandler(partitions, backends.leadCheck()))
                .on(
                        ApiKey.FETCH,
                        Fetch.Request.class,
                        new FetchHandler(partitions, sessions, nearest(served), backends.followers()))
                .on(ApiKey.LIST_OFFSETS, ListOffsets.Request.class, new ListOffsetsHandler(partitions, search))
                .on(
                        ApiKey.OFFSET_FOR_LEADER_EPOCH,
                        OffsetForLeaderEpoch.Request.class,
                        new OffsetForLeaderEpochHandler(partitions))
                .on(
                        ApiKey.DESCRIBE_PRODUCERS,
                        DescribeProducers.Request.class,
                        new DescribeProducersHandler(partitions, search))
                .on(ApiKey.DESCRIBE_RANGES, DescribeRanges.Request.class, new DescribeRangesHandler(partitions, search))
                .on(
                        ApiKey.METADATA,
                        Metadata.Request.class,
                        new MetadataHandler(served, partitions, backends.creation(), backends.unseen()))
                .on(ApiKey.CREATE_TOPICS, CreateTopics.Request.class, new CreateTopicsHandler(served))
                .on(ApiKey.CREATE_PARTITIONS, CreatePartitions.Request.class, new CreatePartitionsHandler(served))
                .on(ApiKey.ELECT_LEADERS, ElectLeaders.Request.class, new ElectLeadersHandler(served))
                .on(
                        ApiKey.ALTER_PARTITION_REASSIGNMENTS,
                        AlterPartitionReassignments.Request.class,
                        reassignments::alter)
                .on(ApiKey.LIST_PARTITION_REASSIGNMENTS, ListPartitionReassignments.Request.class, reassignments::list)
                .on(ApiKey.DELETE_TOPICS, DeleteTopics.Request.class, new DeleteTopicsHandler(served))
                .on(
                        ApiKey.DELETE_RECORDS,
                        DeleteRecords.Request.class,
                        new DeleteRecordsHandler(partitions, served::compactsOnly, upkeep))
                .on(
                        ApiKey.DESCRIBE_LOG_DIRS,
                        DescribeLogDirs.Request.class,
                        new DescribeLogDirsHandler(backends.logs(), upkeep))
                .on(ApiKey.ALTER_CONFIGS, AlterConfigs.Request.class, settings::replace)
                .on(ApiKey.INCREMENTAL_ALTER_CONFIGS, IncrementalAlterConfigs.Request.class, settings::change)
                .on(ApiKey.DESCRIBE_CONFIGS, DescribeConfigs.Request.class, new DescribeConfigsHandler(served))
                .on(ApiKey.DESCRIBE_CLUSTER, DescribeCluster.Request.class, new DescribeClusterHandler(served))
                .on(
                        ApiKey.INIT_PRODUCER_ID,
                        InitProducerId.Request.class,
                        new InitProducerIdHandler(backends.producerIds()))
                .build();
    }

    private static NearestReplica nearest(ServedCluster served) {
        return served.config().get(ReplicationSettings.REPLICA_SELECTOR_CLASS).equals(ReplicationSettings.SAME_RACK)
                ? NearestReplica.inTheSameRack(served.brokerId(), served.view())
                : NearestReplica.LEADER;
    }
}
