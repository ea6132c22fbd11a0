package io.millstream.broker.server.handler;

import io.millstream.broker.log.ProducerState;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeProducers;
import io.millstream.wire.message.DescribeProducers.Described;
import io.millstream.wire.message.DescribeProducers.Producer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * DescribeProducers: the idempotent producers that the logs of partitions led here remember, whether or not their last records are
 * on all in-sync replicas. There can be many, and so on a worker, and a request gets so many and no more: once they are listed, the
 * partitions behind are left for another request. The first one is always whole.
 */
public final class DescribeProducersHandler implements Handler<DescribeProducers.Request> {

    private static final int NO_EPOCH = -1;

    /** Some megabytes; a log remembers at most 65,536. */
    private static final int ENOUGH = 100_000;

    private final Partitions partitions;
    private final Executor worker;
    private final int enough;

    /** @param worker may take long */
    public DescribeProducersHandler(Partitions partitions, Executor worker) {
        this(partitions, worker, ENOUGH);
    }

    /** @param enough producers for one request: the partition that reaches it is the last one */
    DescribeProducersHandler(Partitions partitions, Executor worker, int enough) {
        this.partitions = partitions;
        this.worker = worker;
        this.enough = enough;
    }

    @Override
    public CompletionStage<DescribeProducers.Response> handle(
            RequestContext context, DescribeProducers.Request request) {
        return CompletableFuture.supplyAsync(() -> new Answer().to(request), worker);
    }

    private final class Answer {

        private final Set<TopicPartition> named = new HashSet<>();
        private int left = enough;

        DescribeProducers.Response to(DescribeProducers.Request request) {
            return new DescribeProducers.Response(0, PerPartition.answer(request.topics(), this::describe));
        }

        private Described describe(String topic, int number) {
            Optional<Partition> found = partitions.find(topic, number);
            if (found.isEmpty()) {
                return refused(number, partitions.absence(topic, number), null);
            }
            if (!named.add(found.get().id())) {
                return refused(number, ErrorCode.INVALID_REQUEST, "The request names this partition twice");
            }
            ErrorCode refusal = found.get().refusal(NO_EPOCH);
            if (refusal != ErrorCode.NONE) {
                return refused(number, refusal, null);
            }
            if (left <= 0) {
                return refused(
                        number,
                        ErrorCode.REQUEST_TIMED_OUT,
                        "The partitions before have " + (enough - left) + " producers; ask for this one by itself");
            }
            List<Producer> producers = found.get().log().producers().stream()
                    .map(DescribeProducersHandler::producer)
                    .toList();
            left -= producers.size();
            return new Described(number, ErrorCode.NONE, null, producers);
        }
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

    private static Described refused(int number, ErrorCode error, String why) {
        return new Described(number, error, why, List.of());
    }
}
