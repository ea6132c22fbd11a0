package io.millstream.wire.message;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What Kafka calls the components of our records. Equal bytes alone would not show that two fields of one type are not
 * swapped both in reading and in writing; equal values under these names do.
 */
final class KafkaNames {

    /** Record: ours=Kafka's; a component that is not listed has the same name. */
    private static final String DICTIONARY =
            """
            Produce.Request: timeoutMillis=timeoutMs topics=topicData
            Produce.Data: partition=index
            Produce.Response: topics=responses
            Produce.Result: partition=index logAppendTime=logAppendTimeMs
            Produce.RecordError: message=batchIndexErrorMessage
            Fetch.Request: isolation=isolationLevel
            Fetch.Bounds: maxWaitMillis=maxWaitMs
            Fetch.Session: id=sessionId epoch=sessionEpoch forgotten=forgottenTopicsData
            Fetch.Query: leaderEpoch=currentLeaderEpoch offset=fetchOffset maxBytes=partitionMaxBytes
            Fetch.Response: topics=responses
            Fetch.Data: partition=partitionIndex aborted=abortedTransactions preferredReplica=preferredReadReplica \
            diverging=divergingEpoch
            ListOffsets.Request: isolation=isolationLevel
            ListOffsets.Query: partition=partitionIndex leaderEpoch=currentLeaderEpoch
            ListOffsets.Found: partition=partitionIndex
            Metadata.Request: createMissing=allowAutoTopicCreation clusterOperations=includeClusterAuthorizedOperations \
            topicOperations=includeTopicAuthorizedOperations
            Metadata.Response: controller=controllerId authorizedOperations=clusterAuthorizedOperations
            Metadata.Broker: id=nodeId
            Metadata.Topic: internal=isInternal authorizedOperations=topicAuthorizedOperations
            Metadata.Partition: partition=partitionIndex leader=leaderId replicas=replicaNodes inSyncReplicas=isrNodes
            OffsetCommit.Request: generation=generationIdOrMemberEpoch instanceId=groupInstanceId \
            retentionMillis=retentionTimeMs
            OffsetCommit.Offset: partition=partitionIndex offset=committedOffset leaderEpoch=committedLeaderEpoch \
            metadata=committedMetadata
            OffsetCommit.Committed: partition=partitionIndex
            OffsetFetch.Offset: partition=partitionIndex offset=committedOffset leaderEpoch=committedLeaderEpoch
            FindCoordinator.Request: type=keyType keys=coordinatorKeys
            FindCoordinator.Found: node=nodeId
            JoinGroup.Request: sessionTimeoutMillis=sessionTimeoutMs rebalanceTimeoutMillis=rebalanceTimeoutMs \
            instanceId=groupInstanceId
            JoinGroup.Agreed: generation=generationId
            JoinGroup.Member: instanceId=groupInstanceId
            Heartbeat.Request: generation=generationId instanceId=groupInstanceId
            LeaveGroup.Member: instanceId=groupInstanceId
            LeaveGroup.Left: instanceId=groupInstanceId
            SyncGroup.Request: generation=generationId instanceId=groupInstanceId
            DescribeGroups.Request: operations=includeAuthorizedOperations
            DescribeGroups.Described: state=groupState protocol=protocolData
            DescribeGroups.Member: instanceId=groupInstanceId metadata=memberMetadata assignment=memberAssignment
            ListGroups.Request: states=statesFilter
            ListGroups.Listed: state=groupState
            ApiVersions.Request: softwareName=clientSoftwareName softwareVersion=clientSoftwareVersion
            ApiVersions.Response: apis=apiKeys
            ApiVersions.Window: min=minVersion max=maxVersion
            CreateTopics.Request: timeoutMillis=timeoutMs
            CreateTopics.Topic: partitions=numPartitions settings=configs
            CreateTopics.Assignment: partition=partitionIndex brokers=brokerIds
            CreateTopics.Created: topic=name partitions=numPartitions
            CreateTopics.Config: source=configSource sensitive=isSensitive
            DeleteTopics.Request: topics=topicNames timeoutMillis=timeoutMs
            DeleteTopics.Response: topics=responses
            DeleteTopics.Deleted: topic=name
            DeleteRecords.Request: timeoutMillis=timeoutMs
            DeleteRecords.Deletion: partition=partitionIndex
            DeleteRecords.Deleted: partition=partitionIndex
            InitProducerId.Request: transactionTimeoutMillis=transactionTimeoutMs
            CreatePartitions.Request: timeoutMillis=timeoutMs
            CreatePartitions.Assignment: brokers=brokerIds
            CreatePartitions.Response: topics=results
            CreatePartitions.Created: topic=name
            DeleteGroups.Request: groups=groupsNames
            DeleteGroups.Response: groups=results
            ElectLeaders.Request: type=electionType topics=topicPartitions timeoutMillis=timeoutMs
            ElectLeaders.Response: topics=replicaElectionResults
            ElectLeaders.Elected: partition=partitionId
            AlterPartitionReassignments.Request: timeoutMillis=timeoutMs
            AlterPartitionReassignments.Target: partition=partitionIndex
            AlterPartitionReassignments.Response: topics=responses
            AlterPartitionReassignments.Altered: partition=partitionIndex
            ListPartitionReassignments.Request: timeoutMillis=timeoutMs
            ListPartitionReassignments.Ongoing: partition=partitionIndex adding=addingReplicas removing=removingReplicas
            OffsetDelete.Deleted: partition=partitionIndex
            DescribeConfigs.Request: synonyms=includeSynonyms documentation=includeDocumentation
            DescribeConfigs.Resource: type=resourceType name=resourceName settings=configurationKeys
            DescribeConfigs.Response: resources=results
            DescribeConfigs.Described: type=resourceType name=resourceName
            DescribeConfigs.Config: source=configSource sensitive=isSensitive type=configType
            DescribeProducers.Described: partition=partitionIndex producers=activeProducers
            DescribeProducers.Producer: transactionStart=currentTxnStartOffset
            AlterConfigs.Resource: type=resourceType name=resourceName settings=configs
            AlterConfigs.Altered: type=resourceType name=resourceName
            AlterConfigs.Response: resources=responses
            IncrementalAlterConfigs.Resource: type=resourceType name=resourceName steps=configs
            IncrementalAlterConfigs.Step: operation=configOperation
            IncrementalAlterConfigs.Response: resources=responses
            DescribeLogDirs.Response: directories=results
            DescribeLogDirs.Directory: path=logDir
            DescribeLogDirs.Replica: partition=partitionIndex bytes=partitionSize future=isFutureKey
            DescribeCluster.Request: clusterOperations=includeClusterAuthorizedOperations
            DescribeCluster.Response: controller=controllerId authorizedOperations=clusterAuthorizedOperations
            DescribeCluster.Broker: id=brokerId
            """;

    private static final Map<String, Map<String, String>> NAMES = DICTIONARY
            .lines()
            .map(line -> line.split(": "))
            .collect(Collectors.toMap(line -> line[0], line -> pairs(line[1])));

    private KafkaNames() {}

    private static Map<String, String> pairs(String text) {
        return Arrays.stream(text.split(" "))
                .map(pair -> pair.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /** A record's name with that of its API, as in {@code Fetch.Data}. */
    static String of(Class<?> type) {
        Class<?> api = type.getEnclosingClass();
        return api == null ? type.getSimpleName() : api.getSimpleName() + "." + type.getSimpleName();
    }

    /** What Kafka calls {@code component} of {@code type}. */
    static String kafkas(Class<?> type, String component) {
        String everywhere =
                switch (component) {
                    case "error" -> "errorCode";
                    case "throttleMillis" -> "throttleTimeMs";
                    default -> component;
                };
        return NAMES.getOrDefault(of(type), Map.of()).getOrDefault(component, everywhere);
    }
}
