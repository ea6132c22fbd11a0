package io.millstream.broker;

import io.millstream.broker.controller.ProducerIds;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.handler.CreateTopicsHandler;
import io.millstream.broker.server.handler.DeleteTopicsHandler;
import io.millstream.broker.server.handler.DescribeClusterHandler;
import io.millstream.broker.server.handler.DescribeConfigsHandler;
import io.millstream.broker.server.handler.DescribeRangesHandler;
import io.millstream.broker.server.handler.FetchHandler;
import io.millstream.broker.server.handler.InitProducerIdHandler;
import io.millstream.broker.server.handler.ListOffsetsHandler;
import io.millstream.broker.server.handler.MetadataHandler;
import io.millstream.broker.server.handler.ProduceHandler;
import io.millstream.broker.server.handler.ServedCluster;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import io.millstream.wire.message.CreateTopics;
import io.millstream.wire.message.DeleteTopics;
import io.millstream.wire.message.DescribeCluster;
import io.millstream.wire.message.DescribeConfigs;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.InitProducerId;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Metadata;
import io.millstream.wire.message.Produce;

/** Everything a broker answers. */
final class Handlers {

    private Handlers() {}

    /** @param search a worker for what reads files or decompresses */
    static Dispatcher all(ServedCluster served, Partitions partitions, ProducerIds producerIds, Loop search) {
        return Dispatcher.builder()
                .on(ApiKey.PRODUCE, Produce.Request.class, new ProduceHandler(partitions))
                .on(ApiKey.FETCH, Fetch.Request.class, new FetchHandler(partitions))
                .on(ApiKey.LIST_OFFSETS, ListOffsets.Request.class, new ListOffsetsHandler(partitions, search))
                .on(ApiKey.DESCRIBE_RANGES, DescribeRanges.Request.class, new DescribeRangesHandler(partitions, search))
                .on(ApiKey.METADATA, Metadata.Request.class, new MetadataHandler(served, partitions))
                .on(ApiKey.CREATE_TOPICS, CreateTopics.Request.class, new CreateTopicsHandler(served))
                .on(ApiKey.DELETE_TOPICS, DeleteTopics.Request.class, new DeleteTopicsHandler(served))
                .on(ApiKey.DESCRIBE_CONFIGS, DescribeConfigs.Request.class, new DescribeConfigsHandler(served))
                .on(ApiKey.DESCRIBE_CLUSTER, DescribeCluster.Request.class, new DescribeClusterHandler(served))
                .on(ApiKey.INIT_PRODUCER_ID, InitProducerId.Request.class, new InitProducerIdHandler(producerIds))
                .build();
    }
}
