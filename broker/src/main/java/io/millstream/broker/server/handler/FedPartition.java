package io.millstream.broker.server.handler;

import io.millstream.broker.log.LogSlice;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.ReplicaFetch;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.replica.Ticket;
import io.millstream.broker.server.FilePayload;
import io.millstream.core.TopicPartition;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Payload;
import io.millstream.wire.message.Fetch;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of a follower's session: where the follower is, what it was told, and whether it waits for more. Belongs to
 * the connection's event loop, but for the moment when the partition moves.
 */
final class FedPartition {

    private static final Logger log = LoggerFactory.getLogger(FedPartition.class);

    private final FollowerFeeds.Source source;
    private final int follower;
    private final String topic;
    private final Runnable wake;

    private Fetch.Query query;
    private Partition partition; // as it was last looked at; null if it was not found
    private Ticket ticket; // null while nothing is waited for
    private boolean due;
    private boolean settled; // what was asked for is answered: it is up to the follower now
    private volatile boolean moved;
    private long toldHighWatermark = Fetch.NO_OFFSET;
    private long toldLogStart = Fetch.NO_OFFSET;
    private int toldBytes; // of records, in the last answer

    /**
     * @param follower its broker id
     * @param wake called from any thread when the partition has moved
     */
    FedPartition(FollowerFeeds.Source source, int follower, String topic, Runnable wake) {
        this.source = source;
        this.follower = follower;
        this.topic = topic;
        this.wake = wake;
    }

    String topic() {
        return topic;
    }

    int number() {
        return query.partition();
    }

    /** The follower is here now. */
    void ask(Fetch.Query next) {
        leave(); // what it waited for may be another offset or another term
        if (toldBytes > 0
                && partition != null
                && next.offset() == query.offset()
                && next.leaderEpoch() == query.leaderEpoch()) {
            partition.suspect(next.offset(), toldBytes); // it was given that, and could not use it
        }
        toldBytes = 0;
        query = next;
        due = true;
        settled = false;
    }

    /** Waits no longer. */
    void leave() {
        if (ticket != null) {
            ticket.cancel();
            ticket = null;
        }
    }

    /** The follower goes on without it. Only what it was given last is remembered, should it ask for that again. */
    void forget() {
        leave();
        toldHighWatermark = Fetch.NO_OFFSET;
        toldLogStart = Fetch.NO_OFFSET;
    }

    /** Whether something may be new. */
    boolean isDue() {
        return due || moved || (!settled && partition != null && partition.highWatermark() != toldHighWatermark);
    }

    /** Tells the partition how far the follower is, then sees what there is for it. */
    void look(FeedLook look) {
        if (moved) {
            moved = false;
            leave();
        }
        due = false;
        Optional<Partition> found = source.partitions().find(topic, query.partition());
        partition = found.orElse(null);
        if (found.isEmpty()) {
            failed(look, source.partitions().absence(topic, query.partition()));
            return;
        }
        if (!source.replicas().hasReplica(follower, partition.id())) {
            failed(look, ErrorCode.CLUSTER_AUTHORIZATION_FAILED);
            return;
        }
        if (!partition.log().topicId().equals(query.topicId())) {
            // The topic was deleted and made anew, of which one broker has yet to hear. Both terms may have one number.
            failed(look, ErrorCode.UNKNOWN_TOPIC_ID);
            return;
        }
        ReplicaId replica = new ReplicaId(follower, query.incarnation());
        if (!source.replicas().current(follower, partition.id()).equals(Optional.of(replica))) {
            // What another incarnation had, this one may not have; or one of the two brokers has yet to hear of it.
            failed(look, ErrorCode.STALE_BROKER_EPOCH);
            return;
        }
        ReplicaFetch answer = partition.replicaFetch(
                replica, query.leaderEpoch(), query.offset(), query.lastFetchedEpoch(), look.nowNanos());
        if (answer instanceof ReplicaFetch.Served served) {
            serve(look, served);
        } else if (answer instanceof ReplicaFetch.Diverged diverged) {
            Fetch.Diverging end =
                    new Fetch.Diverging(diverged.end().epoch(), diverged.end().endOffset());
            look.add(new FeedLook.Found(
                    this,
                    ErrorCode.NONE,
                    end,
                    partition.highWatermark(),
                    partition.log().view().startOffset(),
                    null));
        } else {
            failed(look, ((ReplicaFetch.Refused) answer).why());
        }
    }

    private void serve(FeedLook look, ReplicaFetch.Served served) {
        long highWatermark = partition.highWatermark();
        LogSlice slice;
        try {
            slice = read(look, served);
        } catch (StorageException e) {
            log.error("Cannot read {}", partition.id(), e);
            if (e.kind() == StorageException.Kind.DAMAGED) {
                partition.suspect(query.offset(), 1);
            }
            failed(look, ErrorCode.KAFKA_STORAGE_ERROR);
            return;
        }
        if (slice.error() != ErrorCode.NONE) {
            slice.release();
            failed(look, slice.error());
            return;
        }
        if (query.offset() >= served.endOffset() && ticket == null) {
            ticket = partition.awaitEnd(served.role(), served.endOffset(), this::moved);
        }
        long start = slice.view().startOffset();
        if (!slice.isEmpty() || highWatermark != toldHighWatermark || start != toldLogStart) {
            due = true; // until it has been told
            look.add(new FeedLook.Found(this, ErrorCode.NONE, Fetch.Diverging.NONE, highWatermark, start, slice));
        } else {
            due = query.offset() < served.endOffset(); // there was no room
            slice.release();
        }
    }

    private LogSlice read(FeedLook look, ReplicaFetch.Served served) {
        boolean inSync = served.role().isr().members().contains(follower); // also if it is about to be
        TopicPartition id = partition.id();
        long wait = inSync ? 0 : source.throttle().waitMillis(id);
        if (wait > 0 && query.offset() < served.endOffset()) {
            look.throttled(wait);
            return look.read(partition.log(), query.offset(), 0, query.offset());
        }
        LogSlice slice = look.read(partition.log(), query.offset(), query.maxBytes(), served.endOffset());
        if (!inSync) {
            source.throttle().took(id, slice.sizeInBytes());
        }
        return slice;
    }

    private void failed(FeedLook look, ErrorCode error) {
        due = true;
        long start = partition == null || error != ErrorCode.OFFSET_OUT_OF_RANGE
                ? Fetch.NO_OFFSET
                : partition.log().view().startOffset();
        look.add(new FeedLook.Found(this, error, Fetch.Diverging.NONE, Fetch.NO_OFFSET, start, null));
    }

    private void moved() {
        moved = true;
        wake.run();
    }

    /** What was found is told; it is not told again before the follower has moved, or all are looked at. */
    Fetch.Data tell(FeedLook.Found found) {
        due = false;
        settled = found.slice() == null || found.hasRecords();
        toldBytes = found.hasRecords() ? found.slice().sizeInBytes() : 0;
        toldHighWatermark = found.highWatermark();
        toldLogStart = found.logStartOffset();
        if (found.slice() == null) {
            return data(found, found.error(), BytesPayload.EMPTY);
        }
        try {
            return data(found, ErrorCode.NONE, FilePayload.of(found.slice()));
        } catch (StorageException e) {
            log.error("Cannot read {}-{}", topic, query.partition(), e);
            return Fetch.Data.failed(query.partition(), ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private Fetch.Data data(FeedLook.Found found, ErrorCode error, Payload records) {
        return new Fetch.Data(
                query.partition(),
                error,
                found.highWatermark(),
                found.highWatermark(),
                found.logStartOffset(),
                null,
                Fetch.NO_REPLICA,
                records,
                found.diverging());
    }
}
