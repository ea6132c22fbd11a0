package io.millstream.broker.server.handler;

import io.millstream.broker.log.ProducerState;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeProducers;
import io.millstream.wire.message.DescribeProducers.Described;
import io.millstream.wire.message.DescribeProducers.Producer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * DescribeProducers: the idempotent producers that the logs of partitions led here remember, whether or not their last records are
 * on all in-sync replicas. There can be many, and so on a worker.
 */
public final class DescribeProducersHandler implements Handler<DescribeProducers.Request> {

    private static final int NO_EPOCH = -1;

    private final Partitions partitions;
    private final Executor worker;

    /** @param worker may take long */
    public DescribeProducersHandler(Partitions partitions, Executor worker) {
        this.partitions = partitions;
        this.worker = worker;
    }

    @Override
    public CompletionStage<DescribeProducers.Response> handle(
            RequestContext context, DescribeProducers.Request request) {
        return CompletableFuture.supplyAsync(
                () -> new DescribeProducers.Response(0, PerPartition.answer(request.topics(), this::describe)), worker);
    }

    private Described describe(String topic, int number) {
        return partitions
                .find(topic, number)
                .map(DescribeProducersHandler::describe)
                .orElseGet(() -> refused(number, partitions.absence(topic, number)));
    }

    private static Described describe(Partition partition) {
        int number = partition.id().partition();
        ErrorCode refusal = partition.refusal(NO_EPOCH);
        if (refusal != ErrorCode.NONE) {
            return refused(number, refusal);
        }
        List<Producer> producers = partition.log().producers().stream()
                .map(DescribeProducersHandler::producer)
                .toList();
        return new Described(number, ErrorCode.NONE, null, producers);
    }

    private static Producer producer(ProducerState state) {
        return new Producer(
                state.producerId(),
                state.epoch(),
                state.lastSequence(),
                state.lastUsedMillis(),
                DescribeProducers.NO_COORDINATOR,
                DescribeProducers.NO_TRANSACTION);
    }

    private static Described refused(int number, ErrorCode error) {
        return new Described(number, error, null, List.of());
    }
}
