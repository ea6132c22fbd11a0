package io.millstream.broker.server.handler;

import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.TimestampedOffset;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.Role;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.record.CorruptBatchException;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.ListOffsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ListOffsets: the ends of a partition at once; what has to be searched for by time, which can mean to decompress a
 * batch, on a worker.
 */
public final class ListOffsetsHandler implements Handler<ListOffsets.Request> {

    private static final Logger log = LoggerFactory.getLogger(ListOffsetsHandler.class);
    private static final long NONE = -1;

    private final Partitions partitions;
    private final Executor worker;

    /** @param worker may block and take long */
    public ListOffsetsHandler(Partitions partitions, Executor worker) {
        this.partitions = partitions;
        this.worker = worker;
    }

    @Override
    public CompletionStage<ListOffsets.Response> handle(RequestContext context, ListOffsets.Request request) {
        boolean search = request.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(ListOffsetsHandler::searches);
        return search
                ? CompletableFuture.supplyAsync(() -> answer(request), worker)
                : CompletableFuture.completedFuture(answer(request));
    }

    private static boolean searches(ListOffsets.Query query) {
        return query.timestamp() != ListOffsets.LATEST && query.timestamp() != ListOffsets.EARLIEST;
    }

    private ListOffsets.Response answer(ListOffsets.Request request) {
        return new ListOffsets.Response(0, PerPartition.answer(request.topics(), (topic, query) -> partitions
                .find(topic, query.partition())
                .map(partition -> answer(partition, query))
                .orElseGet(() -> failed(query, partitions.absence(topic, query.partition())))));
    }

    private static ListOffsets.Found answer(Partition partition, ListOffsets.Query query) {
        Role role = partition.role();
        ErrorCode refusal = partition.refusal(query.leaderEpoch());
        if (refusal != ErrorCode.NONE) {
            return failed(query, refusal);
        }
        PartitionLog records = partition.log();
        long end = partition.highWatermark();
        try {
            if (query.timestamp() == ListOffsets.LATEST) {
                int epoch = role instanceof Role.Leader leader ? leader.epoch() : ListOffsets.NO_EPOCH;
                return found(query, NONE, end, epoch);
            }
            if (query.timestamp() == ListOffsets.EARLIEST) {
                return found(query, NONE, records.view().startOffset(), ListOffsets.NO_EPOCH);
            }
            if (query.timestamp() == ListOffsets.MAX_TIMESTAMP) {
                return found(query, records.latestByTime(end));
            }
            return query.timestamp() < 0
                    ? failed(query, ErrorCode.UNSUPPORTED_VERSION) // later versions give other negative times a meaning
                    : found(query, records.firstAtOrAfter(query.timestamp(), end));
        } catch (CorruptBatchException e) {
            log.error("Cannot search {} by time", partition.id(), e);
            return failed(query, ErrorCode.CORRUPT_MESSAGE);
        } catch (StorageException e) {
            log.error("Cannot read {}", partition.id(), e);
            return failed(query, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static ListOffsets.Found found(ListOffsets.Query query, Optional<TimestampedOffset> record) {
        return record.map(it -> found(query, it.timestamp(), it.offset(), it.leaderEpoch()))
                .orElseGet(() -> found(query, NONE, NONE, ListOffsets.NO_EPOCH));
    }

    private static ListOffsets.Found found(ListOffsets.Query query, long timestamp, long offset, int epoch) {
        return new ListOffsets.Found(query.partition(), ErrorCode.NONE, timestamp, offset, epoch);
    }

    private static ListOffsets.Found failed(ListOffsets.Query query, ErrorCode error) {
        return new ListOffsets.Found(query.partition(), error, NONE, NONE, ListOffsets.NO_EPOCH);
    }
}
