package io.millstream.broker.server.handler;

import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.Role;
import io.millstream.broker.server.FilePayload;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a fetch request finds at one moment: file regions for each partition, none of them read yet. Either
 * {@link #response} takes them or {@link #release} lets go of them.
 */
final class FetchAttempt {

    private static final Logger log = LoggerFactory.getLogger(FetchAttempt.class);

    /** Most record bytes in one answer, whatever was asked for ({@code fetch.max.bytes} of Kafka's broker). */
    private static final int MOST_BYTES = 55 * 1024 * 1024;

    /** A partition as it was when it was read. */
    record Seen(Partition partition, Role role, long highWatermark) {}

    private record Found(int partition, ErrorCode error, long highWatermark, int preferredReplica, LogSlice slice) {

        static Found failed(int partition, ErrorCode error) {
            return new Found(partition, error, Fetch.NO_OFFSET, Fetch.NO_REPLICA, null);
        }
    }

    /**
     * What consumers may read.
     *
     * @param nearest which replica they had better read from
     * @param followers whether this client reads from followers, too (KIP-392)
     */
    record Reads(Partitions partitions, NearestReplica nearest, boolean followers) {}

    private final Reads reads;
    private final Fetch.Request request;
    private final List<Seen> seen = new ArrayList<>(1);
    private List<ByTopic<Found>> found = List.of();
    private final int mostBytes;
    private int bytesLeft;
    private long bytesFound;
    private boolean urgent;

    private FetchAttempt(Reads reads, Fetch.Request request) {
        this.reads = reads;
        this.request = request;
        mostBytes = Math.max(0, Math.min(request.bounds().maxBytes(), MOST_BYTES));
        bytesLeft = mostBytes;
    }

    static FetchAttempt read(Reads reads, Fetch.Request request) {
        Partitions partitions = reads.partitions;
        FetchAttempt attempt = new FetchAttempt(reads, request);
        attempt.found = PerPartition.answer(
                request.topics(),
                (topic, query) -> attempt.noted(partitions
                        .find(topic, query.partition())
                        .map(there -> attempt.read(there, query))
                        .orElseGet(
                                () -> Found.failed(query.partition(), partitions.absence(topic, query.partition())))));
        return attempt;
    }

    private Found noted(Found result) {
        urgent |= result.error != ErrorCode.NONE || result.preferredReplica != Fetch.NO_REPLICA;
        return result;
    }

    private Found read(Partition partition, Fetch.Query query) {
        Role role = partition.role();
        ErrorCode refusal =
                reads.followers ? partition.readRefusal(query.leaderEpoch()) : partition.refusal(query.leaderEpoch());
        if (refusal != ErrorCode.NONE) {
            return Found.failed(query.partition(), refusal);
        }
        long highWatermark = partition.highWatermark();
        seen.add(new Seen(partition, role, highWatermark));
        int preferred = reads.nearest.preferred(partition, request.rackId(), query.offset());
        try {
            LogSlice slice = slice(partition, query, preferred == Fetch.NO_REPLICA ? highWatermark : query.offset());
            return new Found(query.partition(), slice.error(), highWatermark, preferred, slice);
        } catch (StorageException e) {
            log.error("Cannot read {}", partition.id(), e);
            if (e.kind() == StorageException.Kind.DAMAGED) {
                partition.suspect(query.offset(), 1);
            }
            return Found.failed(query.partition(), ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private LogSlice slice(Partition partition, Fetch.Query query, long highWatermark) {
        int most = Math.max(0, Math.min(query.maxBytes(), bytesLeft));
        FirstBatch first = bytesFound == 0 ? FirstBatch.ALWAYS : FirstBatch.IF_IT_FITS;
        LogSlice slice = partition.log().read(query.offset(), most, highWatermark, first);
        bytesFound += slice.sizeInBytes();
        bytesLeft = Math.max(0, bytesLeft - slice.sizeInBytes());
        return slice;
    }

    /** The partitions to wait for. */
    List<Seen> seen() {
        return seen;
    }

    /** Whether this is worth an answer before time is up. */
    boolean enough() {
        return urgent
                || seen.isEmpty()
                || bytesFound >= Math.min(request.bounds().minBytes(), mostBytes);
    }

    void release() {
        for (ByTopic<Found> topic : found) {
            for (Found one : topic.partitions()) {
                if (one.slice != null) {
                    one.slice.release();
                }
            }
        }
    }

    Fetch.Response response() {
        return new Fetch.Response(0, ErrorCode.NONE, Fetch.Session.NONE.id(), PerPartition.answer(found, this::data));
    }

    private Fetch.Data data(String topic, Found one) {
        if (one.slice == null) {
            return Fetch.Data.failed(one.partition, one.error);
        }
        if (one.error != ErrorCode.NONE) {
            one.slice.release();
            return Fetch.Data.failed(one.partition, one.error);
        }
        try {
            return new Fetch.Data(
                    one.partition,
                    ErrorCode.NONE,
                    one.highWatermark,
                    one.highWatermark, // without transactions, what is committed is stable
                    one.slice.view().startOffset(),
                    request.isolation() == Fetch.READ_COMMITTED ? List.of() : null,
                    one.preferredReplica,
                    FilePayload.of(one.slice));
        } catch (StorageException e) {
            log.error("Cannot read {}-{}", topic, one.partition, e);
            return Fetch.Data.failed(one.partition, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }
}
