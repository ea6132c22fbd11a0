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
 *
 * <p>Until a leader knows all that earlier leaders have told to be committed, it does not say where that ends (KIP-207): the
 * end must not move back.
 */
public final class ListOffsetsHandler implements Handler<ListOffsets.Request> {

    private static final Logger log = LoggerFactory.getLogger(ListOffsetsHandler.class);
    private static final long NONE = -1;

    /** First version whose clients know that the end may not be known yet (KIP-207). */
    private static final int NOT_AVAILABLE_SINCE = 5;

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
                ? CompletableFuture.supplyAsync(() -> answer(context.version(), request), worker)
                : CompletableFuture.completedFuture(answer(context.version(), request));
    }

    private static boolean searches(ListOffsets.Query query) {
        return query.timestamp() != ListOffsets.LATEST && query.timestamp() != ListOffsets.EARLIEST;
    }

    private ListOffsets.Response answer(short version, ListOffsets.Request request) {
        boolean anyReplica = request.replicaId() == ListOffsets.DEBUGGER;
        return new ListOffsets.Response(0, PerPartition.answer(request.topics(), (topic, query) -> partitions
                .find(topic, query.partition())
                .map(partition -> {
                    ErrorCode refusal = anyReplica
                            ? partition.readRefusal(query.leaderEpoch())
                            : partition.refusal(query.leaderEpoch());
                    return refusal == ErrorCode.NONE ? answer(partition, query, version) : failed(query, refusal);
                })
                .orElseGet(() -> failed(query, partitions.absence(topic, query.partition())))));
    }

    private static ListOffsets.Found answer(Partition partition, ListOffsets.Query query, short version) {
        Role role = partition.role();
        PartitionLog records = partition.log();
        boolean known = partition.knowsLatest(); // before the end is looked at
        long end = partition.highWatermark();
        try {
            if (query.timestamp() == ListOffsets.EARLIEST) {
                return found(query, NONE, records.view().startOffset(), ListOffsets.NO_EPOCH);
            }
            if (query.timestamp() == ListOffsets.LATEST) {
                int epoch = role instanceof Role.Leader leader ? leader.epoch() : ListOffsets.NO_EPOCH;
                return known ? found(query, NONE, end, epoch) : failed(query, notAvailable(version));
            }
            if (query.timestamp() == ListOffsets.MAX_TIMESTAMP) {
                return known ? found(query, records.latestByTime(end)) : failed(query, notAvailable(version));
            }
            if (query.timestamp() < 0) { // later versions give other negative times a meaning
                return failed(query, ErrorCode.UNSUPPORTED_VERSION);
            }
            Optional<TimestampedOffset> first = records.firstAtOrAfter(query.timestamp(), end);
            return known || first.isPresent() ? found(query, first) : failed(query, notAvailable(version));
        } catch (CorruptBatchException e) {
            log.error("Cannot search {} by time", partition.id(), e);
            return failed(query, ErrorCode.CORRUPT_MESSAGE);
        } catch (StorageException e) {
            log.error("Cannot read {}", partition.id(), e);
            return failed(query, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static ErrorCode notAvailable(short version) {
        return version >= NOT_AVAILABLE_SINCE ? ErrorCode.OFFSET_NOT_AVAILABLE : ErrorCode.LEADER_NOT_AVAILABLE;
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
