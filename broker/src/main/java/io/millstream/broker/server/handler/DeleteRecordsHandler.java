package io.millstream.broker.server.handler;

import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DeleteRecords;
import io.millstream.wire.message.DeleteRecords.Deleted;
import io.millstream.wire.message.DeleteRecords.Deletion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DeleteRecords: raises the start of logs. It is on disk before the answer, and so this works on a worker. */
public final class DeleteRecordsHandler implements Handler<DeleteRecords.Request> {

    private static final Logger log = LoggerFactory.getLogger(DeleteRecordsHandler.class);

    private final Partitions partitions;
    private final Predicate<String> compactedOnly;
    private final Executor worker;

    /**
     * @param compactedOnly whether a topic's records go by their keys only, so that none may be deleted by offset
     * @param worker may block and take long
     */
    public DeleteRecordsHandler(Partitions partitions, Predicate<String> compactedOnly, Executor worker) {
        this.partitions = partitions;
        this.compactedOnly = compactedOnly;
        this.worker = worker;
    }

    @Override
    public CompletionStage<DeleteRecords.Response> handle(RequestContext context, DeleteRecords.Request request) {
        return CompletableFuture.supplyAsync(() -> answer(request), worker);
    }

    private DeleteRecords.Response answer(DeleteRecords.Request request) {
        return new DeleteRecords.Response(0, PerPartition.answer(request.topics(), (topic, deletion) -> partitions
                .find(topic, deletion.partition())
                .map(partition -> delete(topic, partition, deletion))
                .orElseGet(
                        () -> Deleted.failed(deletion.partition(), partitions.absence(topic, deletion.partition())))));
    }

    private Deleted delete(String topic, Partition partition, Deletion deletion) {
        ErrorCode refusal = partition.refusal(Partition.NO_EPOCH);
        if (refusal != ErrorCode.NONE) {
            return Deleted.failed(deletion.partition(), refusal);
        }
        if (compactedOnly.test(topic)) {
            return Deleted.failed(deletion.partition(), ErrorCode.POLICY_VIOLATION);
        }
        long highWatermark = partition.highWatermark();
        long start = deletion.offset() == DeleteRecords.ALL_COMMITTED ? highWatermark : deletion.offset();
        if (start < 0 || start > highWatermark) {
            return Deleted.failed(deletion.partition(), ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        try {
            long before = partition.log().view().startOffset();
            long after = partition.log().advanceStart(start);
            if (after > before) {
                log.info("Deleted records {} to {} of {} on request", before, after - 1, partition.id());
            }
            return new Deleted(deletion.partition(), after, ErrorCode.NONE);
        } catch (StorageException e) {
            log.error("Cannot delete records of {}", partition.id(), e);
            return Deleted.failed(deletion.partition(), ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }
}
