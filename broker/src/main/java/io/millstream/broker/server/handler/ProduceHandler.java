package io.millstream.broker.server.handler;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.LeadCheck;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.NoAnswer;
import io.millstream.broker.server.RequestContext;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Produce: appends at once, on the event loop, and answers when as many replicas have the records as was asked for. With
 * {@code flush=commit} that takes an fsync for {@code acks=all}; {@code acks=1} is answered after the append, as in Kafka.
 * Each partition succeeds or fails by itself.
 */
public final class ProduceHandler implements Handler<Produce.Request> {

    private static final Logger log = LoggerFactory.getLogger(ProduceHandler.class);

    private final Partitions partitions;
    private final LeadCheck leadCheck;

    /** @param leadCheck asked before a producer is told what it cannot go on after */
    public ProduceHandler(Partitions partitions, LeadCheck leadCheck) {
        this.partitions = partitions;
        this.leadCheck = leadCheck;
    }

    /** What of a request is not decided by the append. */
    private record Open(short acks, List<UncommittedAppend> uncommitted, SequenceGaps gaps) {}

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, Produce.Request request) {
        Open open = new Open(request.acks(), new ArrayList<>(0), new SequenceGaps(leadCheck));
        List<ByTopic<Produce.Result>> results = PerPartition.answer(request.topics(), (topic, data) -> {
            ErrorCode refusal = refusal(request);
            return refusal == ErrorCode.NONE
                    ? append(topic, data, open)
                    : Produce.Result.failed(data.partition(), refusal, null);
        });
        if (request.acks() == Produce.ACKS_NONE) {
            return CompletableFuture.completedFuture(failed(results) ? NoAnswer.HANG_UP : NoAnswer.SILENCE);
        }
        CompletableFuture<Produce.Response> response = open.uncommitted().isEmpty()
                ? CompletableFuture.completedFuture(new Produce.Response(results, 0))
                : new PendingProduce(context, results, open.uncommitted()).await(request.timeoutMillis());
        return open.gaps().isEmpty() ? response : open.gaps().settle(context, response, request.timeoutMillis());
    }

    private static ErrorCode refusal(Produce.Request request) {
        if (request.transactionalId() != null) { // clients take this for final, and do not retry
            return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        return switch (request.acks()) {
            case Produce.ACKS_NONE, Produce.ACKS_LEADER, Produce.ACKS_ALL -> ErrorCode.NONE;
            default -> ErrorCode.INVALID_REQUIRED_ACKS;
        };
    }

    private Produce.Result append(String topic, Produce.Data data, Open open) {
        Optional<Partition> found = partitions.find(topic, data.partition());
        if (found.isEmpty()) {
            return Produce.Result.failed(data.partition(), partitions.absence(topic, data.partition()), null);
        }
        ByteBuf records = data.records() == null ? null : data.records().bytes();
        Partition partition = found.get();
        try {
            Optional<String> objection = objection(records);
            if (objection.isPresent()) {
                return Produce.Result.failed(data.partition(), ErrorCode.INVALID_RECORD, objection.get());
            }
            Durability durability = open.acks() == Produce.ACKS_ALL ? Durability.ALL : Durability.LEADER;
            var term = partition.role(); // before the append: a term that ends meanwhile must not be confirmed
            Appended appended = partition.append(records, durability);
            if (durability == Durability.ALL && appended.accepted()) {
                UncommittedAppend append = new UncommittedAppend(partition, term, appended.nextOffset());
                if (!append.committed()) {
                    open.uncommitted().add(append);
                }
            }
            if (appended.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER && open.acks() != Produce.ACKS_NONE) {
                open.gaps().add(partition, term);
            }
            return result(partition, appended);
        } catch (CorruptBatchException e) {
            return Produce.Result.failed(data.partition(), ErrorCode.CORRUPT_MESSAGE, e.getMessage());
        } catch (StorageException e) {
            log.error("Cannot append to {}", partition.id(), e);
            return Produce.Result.failed(data.partition(), ErrorCode.KAFKA_STORAGE_ERROR, e.getMessage());
        }
    }

    /** What is wrong with the records as a whole: requests of these versions carry one batch for each partition. */
    private static Optional<String> objection(ByteBuf records) {
        if (records == null || !records.isReadable()) {
            return Optional.of("There is no record batch");
        }
        RecordBatch batch = RecordBatch.at(records);
        if (batch.sizeInBytes() == records.readableBytes()) {
            return Optional.empty();
        }
        batch.ensureIntact(); // its length may be what is wrong
        return Optional.of("There is more than one record batch for the partition");
    }

    private static Produce.Result result(Partition partition, Appended appended) {
        int number = partition.id().partition();
        return appended.error() == ErrorCode.NONE
                ? Produce.Result.appended(
                        number,
                        appended.baseOffset(),
                        appended.appendTimeMillis(),
                        partition.log().view().startOffset())
                : Produce.Result.failed(number, appended.error(), appended.message());
    }

    private static boolean failed(List<ByTopic<Produce.Result>> results) {
        return results.stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(result -> result.error() != ErrorCode.NONE);
    }
}
