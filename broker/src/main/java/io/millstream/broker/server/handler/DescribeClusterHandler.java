package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.DescribeCluster;
import io.millstream.wire.message.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Answers DescribeCluster: the brokers and the controller. */
public final class DescribeClusterHandler implements Handler<DescribeCluster.Request> {

    private final ServedCluster served;

    public DescribeClusterHandler(ServedCluster served) {
        this.served = served;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, DescribeCluster.Request request) {
        return served.known(context).thenApply(cluster -> describe(context, cluster));
    }

    private DescribeCluster.Response describe(RequestContext context, ClusterState cluster) {
        List<DescribeCluster.Broker> brokers = new ArrayList<>();
        served.reachable(context, cluster)
                .forEach((id, endpoint) -> brokers.add(new DescribeCluster.Broker(
                        id,
                        endpoint.host(),
                        endpoint.port(),
                        cluster.brokers().get(id).value().rack())));
        return new DescribeCluster.Response(
                0, ErrorCode.NONE, null, served.clusterId(), cluster.controllerId(), brokers, Metadata.NO_OPERATIONS);
    }
}
