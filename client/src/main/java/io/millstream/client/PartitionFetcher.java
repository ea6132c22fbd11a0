package io.millstream.client;

import io.millstream.core.Limits;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches from one partition, wherever its leader is: finds it, follows it, and asks again through whatever passes. An
 * answer has at least one whole batch; "nothing yet" is never an answer. Runs on the client's loop.
 */
final class PartitionFetcher {

    private static final int MAX_WAIT_MILLIS = 500;
    private static final int MIN_BYTES = 1;

    /** Room in a response around the records. */
    private static final int ENVELOPE_BYTES = 64 * 1024;

    /** @param bytes batches, the first of which is whole, in memory that is not reference counted */
    record Fetched(ByteBuf bytes, long highWatermark, Connection from) {

        /** Nobody looks at the bytes any more. Call it once. */
        void giveBack() {
            from.giveBack(bytes);
        }
    }

    private final Cluster cluster;
    private final TopicPartition partition;
    private final long to;
    private final ReadSettings settings;

    /** That of the topic to be read, or of what was first fetched from; belongs to the loop. Empty where brokers do not tell it. */
    private Optional<UUID> topicId;

    /**
     * @param to end of the range that is read, exclusive; for messages
     * @param topicId if it is known which topic of this name is meant
     */
    PartitionFetcher(
            Cluster cluster, TopicPartition partition, long to, ReadSettings settings, Optional<UUID> topicId) {
        this.cluster = cluster;
        this.partition = partition;
        this.to = to;
        this.settings = settings;
        this.topicId = topicId;
    }

    /**
     * Fetches the batches at and behind an offset.
     *
     * @return fails with {@link OffsetOutOfRangeException}, {@link TimedOutException} when the stall time-out is over,
     *     {@link ClientException} for what does not pass
     */
    CompletableFuture<Fetched> fetch(long offset) {
        String what = "records of partition " + partition + " at offset " + offset;
        Attempt attempt = new Attempt(offset);
        return Retry.until(cluster, settings.stallTimeout(), what, attempt::start);
    }

    /**
     * Learns whether the topic is still the one that was fetched from. Offsets, terms and leaders do not tell one that was
     * deleted and made again: they may all be the same.
     *
     * @return fails as {@link #fetch} does, and with {@link ClientException} if it is another topic, or gone
     */
    CompletableFuture<Void> confirm() {
        String what = "confirmation that topic " + partition.topic() + " is still the one that was read";
        return Retry.until(
                cluster,
                settings.stallTimeout(),
                what,
                () -> topicId.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : cluster.learn(Set.of(partition.topic())).thenAccept(this::check));
    }

    private void check(ClusterView view) {
        ClusterView.Topic now = view.topics().get(partition.topic());
        if (now == null) {
            if (topicId.isPresent()) {
                throw new ClientException("Topic " + partition.topic() + " (topic id " + topicId.get()
                        + ") was deleted while its partition " + partition + " was read");
            }
            return;
        }
        if (topicId.isEmpty()) {
            topicId = now.id();
        } else if (now.id().isPresent() && !now.id().equals(topicId)) {
            throw new ClientException("Topic " + partition.topic() + " was deleted and made again while its partition "
                    + partition + " was read: topic id " + topicId.get() + " became "
                    + now.id().get());
        }
    }

    /** One fetch through all its tries. */
    private final class Attempt {

        private final long offset;
        private int bytes = settings.fetchBytes();
        private boolean again;

        Attempt(long offset) {
            this.offset = offset;
        }

        CompletableFuture<Fetched> start() {
            boolean stale = again || cluster.view().leader(partition).isEmpty();
            again = true;
            return stale ? cluster.learn(Set.of(partition.topic())).thenCompose(learned -> askLeader()) : askLeader();
        }

        private CompletableFuture<Fetched> askLeader() {
            ClusterView.Leader leader = cluster.view().leader(partition).orElse(null);
            if (leader == null) {
                return CompletableFuture.failedFuture(new TryAgain("Partition " + partition + " has no leader"));
            }
            check(cluster.view());
            return cluster.connection(leader.broker().id()).thenCompose(connection -> ask(connection, leader)
                    .thenCompose(data -> judge(data, leader, connection)));
        }

        private CompletableFuture<Fetch.Data> ask(Connection connection, ClusterView.Leader leader) {
            Fetch.Query query = Fetch.Query.consumer(partition.partition(), leader.epoch(), offset, bytes);
            Fetch.Request request = new Fetch.Request(
                    Fetch.CONSUMER,
                    new Fetch.Bounds(MAX_WAIT_MILLIS, MIN_BYTES, bytes),
                    Fetch.READ_UNCOMMITTED,
                    Fetch.Session.NONE,
                    List.of(new ByTopic<>(partition.topic().value(), List.of(query))),
                    "");
            return connection.send(request, Fetch.Response.class).thenApply(response -> pick(response, leader));
        }

        private Fetch.Data pick(Fetch.Response response, ClusterView.Leader leader) {
            if (response.error() != ErrorCode.NONE) {
                throw Outcome.failure(where(leader), response.error());
            }
            return response.topics().stream()
                    .filter(topic -> topic.topic().equals(partition.topic().value()))
                    .flatMap(topic -> topic.partitions().stream())
                    .filter(data -> data.partition() == partition.partition())
                    .findFirst()
                    .orElseThrow(() -> new TryAgain(where(leader) + " left the partition out of its answer"));
        }

        private CompletableFuture<Fetched> judge(Fetch.Data data, ClusterView.Leader leader, Connection connection) {
            if (data.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return outOfRange(data, leader);
            }
            if (data.error() == ErrorCode.CORRUPT_MESSAGE) {
                throw new CorruptDataException(
                        partition, offset, "so says broker " + leader.broker().id(), null);
            }
            if (data.error() != ErrorCode.NONE) {
                throw Outcome.failure(where(leader), data.error());
            }
            ByteBuf records = data.recordBytes();
            if (startsBehind(records, data.logStartOffset())) {
                return outOfRange(data, leader);
            }
            if (!records.isReadable()) {
                throw new TryAgain(where(leader) + " has nothing there; its high watermark is " + data.highWatermark());
            }
            if (!BatchExtent.any(records)) {
                return growFor(records, leader);
            }
            return CompletableFuture.completedFuture(new Fetched(records, data.highWatermark(), connection));
        }

        /** Brokers give at least one whole batch since KIP-74; one that does not is asked for as much as the batch has. */
        private CompletableFuture<Fetched> growFor(ByteBuf records, ClusterView.Leader leader) {
            long most = Limits.RESPONSE_BYTES - ENVELOPE_BYTES;
            long wanted =
                    Math.min(2L * bytes, most); // at least, so that a broker that goes on cutting is soon found out
            if (records.readableBytes() >= RecordBatch.LENGTH_OVERHEAD) {
                long batch = RecordBatch.LENGTH_OVERHEAD + (long) records.getInt(records.readerIndex() + Long.BYTES);
                wanted = Math.max(batch, wanted);
            }
            if (wanted > most) {
                throw new ClientException(where(leader) + " has a batch of " + wanted
                        + " bytes, more than a response of " + Limits.RESPONSE_BYTES + " holds");
            }
            if (wanted <= bytes) {
                throw new ClientException(where(leader) + " cuts its first batch whatever it is asked for");
            }
            bytes = (int) wanted;
            return askLeader();
        }

        /** Whether the log begins behind the offset, and the records too: what was removed between them is no gap. */
        private boolean startsBehind(ByteBuf records, long logStart) {
            return logStart > offset
                    && records.readableBytes() >= Long.BYTES
                    && records.getLong(records.readerIndex()) > offset;
        }

        private CompletableFuture<Fetched> outOfRange(Fetch.Data data, ClusterView.Leader leader) {
            return new PartitionOffsets(cluster, partition).bounds(leader).thenApply(bounds -> {
                long start = Math.max(bounds.start(), data.logStartOffset());
                if (offset < start) {
                    throw OffsetOutOfRangeException.belowStart(partition, offset, to, start, bounds.end());
                }
                if (offset > bounds.end()) {
                    throw OffsetOutOfRangeException.aboveEnd(partition, offset, to, start, bounds.end());
                }
                throw new TryAgain(
                        where(leader) + " says it is out of range, but has " + start + " to " + bounds.end());
            });
        }

        private String where(ClusterView.Leader leader) {
            return "Partition " + partition + " at offset " + offset + ": broker "
                    + leader.broker().id() + " (" + leader.broker().endpoint() + ")";
        }
    }
}
