package io.millstream.broker.server.handler;

import io.millstream.broker.log.OffsetChunk;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.DescribeRanges.Chunk;
import io.millstream.wire.message.DescribeRanges.Described;
import io.millstream.wire.message.DescribeRanges.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DescribeRanges: reads indexes, of which there can be many, and so on a worker. */
public final class DescribeRangesHandler implements Handler<DescribeRanges.Request> {

    private static final Logger log = LoggerFactory.getLogger(DescribeRangesHandler.class);

    private final Partitions partitions;
    private final Executor worker;

    /** @param worker may block and take long */
    public DescribeRangesHandler(Partitions partitions, Executor worker) {
        this.partitions = partitions;
        this.worker = worker;
    }

    @Override
    public CompletionStage<DescribeRanges.Response> handle(RequestContext context, DescribeRanges.Request request) {
        return CompletableFuture.supplyAsync(() -> new Answer().to(request), worker);
    }

    private final class Answer {

        private int chunksLeft = DescribeRanges.MAX_CHUNKS;

        DescribeRanges.Response to(DescribeRanges.Request request) {
            return new DescribeRanges.Response(0, PerPartition.answer(request.topics(), (topic, range) -> partitions
                    .find(topic, range.partition())
                    .map(partition -> describe(partition, range))
                    .orElseGet(
                            () -> Described.failed(range.partition(), partitions.absence(topic, range.partition())))));
        }

        private Described describe(Partition partition, Range range) {
            ErrorCode refusal = refusal(partition, range);
            if (refusal != ErrorCode.NONE) {
                return Described.failed(range.partition(), refusal);
            }
            int most = Math.min(DescribeRanges.MAX_CHUNKS_PER_PARTITION, chunksLeft);
            if (range.from() == range.to() || most == 0) {
                return new Described(range.partition(), ErrorCode.NONE, range.from(), List.of());
            }
            try {
                Described described = cut(partition, range, most);
                chunksLeft -= described.chunks().size();
                return described;
            } catch (StorageException e) {
                log.error("Cannot read {}", partition.id(), e);
                return Described.failed(range.partition(), ErrorCode.KAFKA_STORAGE_ERROR);
            }
        }
    }

    private static ErrorCode refusal(Partition partition, Range range) {
        if (range.from() > range.to() || range.targetBytes() < 1) {
            return ErrorCode.INVALID_REQUEST;
        }
        ErrorCode refusal = partition.refusal(range.leaderEpoch());
        if (refusal != ErrorCode.NONE) {
            return refusal;
        }
        if (range.from() < partition.log().view().startOffset()) {
            return ErrorCode.OFFSET_OUT_OF_RANGE;
        }
        boolean known = partition.knowsLatest(); // before the end is looked at
        if (range.to() <= partition.highWatermark()) {
            return ErrorCode.NONE;
        }
        return known ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.OFFSET_NOT_AVAILABLE;
    }

    private static Described cut(Partition partition, Range range, int most) {
        List<OffsetChunk> found = partition.log().ranges(range.from(), range.to(), range.targetBytes());
        List<Chunk> chunks = new ArrayList<>();
        for (OffsetChunk chunk : found.subList(0, Math.min(most, found.size()))) {
            long offset = chunks.isEmpty() ? range.from() : chunk.offset();
            chunks.add(new Chunk(offset, chunk.bytes(), chunk.maxTimestamp()));
        }
        if (chunks.isEmpty()) { // nothing is left of what was there
            chunks.add(new Chunk(range.from(), 0, DescribeRanges.NO_TIMESTAMP));
        }
        long end = most < found.size() ? found.get(most).offset() : range.to();
        return new Described(range.partition(), ErrorCode.NONE, end, chunks);
    }
}
