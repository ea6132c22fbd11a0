package io.millstream.hadoop.output;

import io.millstream.client.ClientException;
import io.millstream.client.OffsetOutOfRangeException;
import io.millstream.client.SequenceException;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.OutputManifest.Target;
import io.millstream.hadoop.output.PartitionProgress.Certainty;
import io.millstream.record.RecordBatch;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Sends what was decided. All publishers of a publication send the same bytes under the same numbers, in the same order for each
 * partition, and the next batch of a partition only once the one before is acknowledged. So a partition always has a beginning of
 * what it is to get, each record once, and it does not matter how many publish it, or where one stopped.
 *
 * <p>Who comes later asks each partition's leader how far it is. Where the leader has forgotten the producer, the partition's own
 * batches are looked through, from where it ended when it was decided; if these are gone as well, nothing is sent.
 */
final class Publisher {

    private static final int ROUNDS = 3;

    private final Outlet outlet;
    private final StagedTasks staged;
    private final String publication;
    private final PublicationRecord record;
    private final OutputManifest manifest;
    private final Pace pace;
    private final SortedMap<TopicPartition, PartitionProgress> progress = new TreeMap<>();

    /**
     * How fast, and for how long.
     *
     * @param sending where sends are made; may wait
     * @param inFlightBytes what may be sent and not acknowledged
     * @param tick called now and then
     * @param stillOpen asked right before each send, cheap: whether this publisher surely may go on
     */
    record Pace(Executor sending, long inFlightBytes, Runnable tick, StillOpen stillOpen) {}

    /** Whether the publication is still open. */
    @FunctionalInterface
    interface StillOpen {
        /** @throws Finished if it is not */
        void ensure();
    }

    /** Another publisher has finished; there is nothing left to do. */
    static final class Finished extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A partition is not where it was: look again. */
    private static final class Behind extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Behind(SequenceException cause) {
            super(cause.getMessage(), cause);
        }
    }

    Publisher(
            Outlet outlet,
            StagedTasks staged,
            String publication,
            PublicationRecord record,
            OutputManifest manifest,
            Pace pace) {
        this.outlet = outlet;
        this.staged = staged;
        this.publication = publication;
        this.record = record;
        this.manifest = manifest;
        this.pace = pace;
    }

    /** Who may have sent something already. */
    enum Before {
        NOBODY,
        ANYBODY
    }

    /**
     * Sends what is not there yet, and waits until all is acknowledged.
     *
     * @throws OutputException if it cannot be told what is there, or a leader refuses a batch
     * @throws Finished as {@link StillOpen} does
     */
    void publish(Before before) throws IOException {
        ensureSameTopics();
        Before now = before;
        for (int round = 1; ; round++) {
            try {
                publishOnce(now);
                break;
            } catch (Behind e) {
                if (round == ROUNDS) {
                    throw failed(e.getCause());
                }
                now = Before.ANYBODY;
            } catch (ClientException e) {
                throw failed(e);
            }
        }
        ensureSameTopics();
    }

    private OutputException failed(Throwable cause) {
        return new OutputException(
                "Publication " + publication + " stopped: " + cause.getMessage()
                        + ". Part of it may be in the topics; when the cause is gone, 'millstream output resume "
                        + publication + "' goes on",
                cause);
    }

    private void publishOnce(Before before) throws IOException {
        progress.clear();
        for (Target target : manifest.targets()) {
            progress.put(target.topicPartition(), before == Before.NOBODY ? PartitionProgress.none() : lookAt(target));
        }
        Lanes lanes = new Lanes(pace.sending(), pace.inFlightBytes(), pace.tick());
        for (OutputManifest.File file : manifest.files()) {
            try (StagedReader reader = staged.open(file.path())) {
                for (StagedBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    pace.tick().run();
                    send(batch, lanes);
                }
            }
        }
        lanes.drain();
    }

    private void send(StagedBatch batch, Lanes lanes) throws OutputException {
        TopicPartition partition = batch.partition();
        PartitionProgress at = progress.get(partition);
        if (at == null) {
            throw new OutputException("A staged file of publication " + publication + " has records for " + partition
                    + ", of which the manifest knows nothing. Nothing more is sent; restore it from a backup");
        }
        int sequence = at.next();
        if (at.take(batch.records())) {
            int last = sequence + batch.records() - 1;
            byte[] numbered = numbered(batch, sequence);
            lanes.put(partition, numbered.length, () -> send(partition, numbered, last));
        }
    }

    private byte[] numbered(StagedBatch batch, int sequence) {
        RecordBatch.at(Unpooled.wrappedBuffer(batch.bytes()))
                .stampProducer(record.producerId(), PublicationRecord.PRODUCER_EPOCH, sequence);
        return batch.bytes();
    }

    private CompletableFuture<Long> send(TopicPartition partition, byte[] batch, int last) {
        pace.stillOpen().ensure();
        return outlet.send(partition, batch).exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : failure;
            return cause instanceof SequenceException refused
                    ? CompletableFuture.supplyAsync(() -> judge(partition, last, refused), pace.sending())
                    : CompletableFuture.failedFuture(cause);
        });
    }

    /** Another publisher is ahead, so that the batch is no longer among the last five; or records that were there are lost. */
    private long judge(TopicPartition partition, int last, SequenceException refused) {
        OptionalInt there = outlet.lastSequence(partition, record.producerId());
        if (there.isPresent() && there.getAsInt() > last) {
            return -1;
        }
        throw new Behind(refused);
    }

    private PartitionProgress lookAt(Target target) throws OutputException {
        TopicPartition partition = target.topicPartition();
        OptionalInt known = outlet.lastSequence(partition, record.producerId());
        if (known.isPresent()) {
            return new PartitionProgress(known, Certainty.ON_LEADER);
        }
        try {
            return new PartitionProgress(
                    outlet.trace(partition, record.producerId(), target.from()), Certainty.COMMITTED);
        } catch (OffsetOutOfRangeException e) {
            throw unknown(partition, "records from offset " + target.from() + " on were deleted", e);
        }
    }

    private OutputException unknown(TopicPartition partition, String why, Throwable cause) {
        return new OutputException(
                "Publication " + publication + ": nobody can tell how much of it is in partition " + partition
                        + ", because its leader has forgotten producer " + record.producerId() + " and " + why
                        + ". Nothing more is sent. Look yourself, and end it with 'millstream output abandon "
                        + publication + "'",
                cause);
    }

    private void ensureSameTopics() throws OutputException {
        Optional<String> objection = otherTopic(outlet, manifest);
        if (objection.isPresent()) {
            throw new OutputException("Publication " + publication + ": " + objection.get()
                    + ". Nothing more is sent; end it with 'millstream output abandon " + publication + "'");
        }
    }

    /** Which topic is no longer the one that records were made for, and why; empty if all are. */
    static Optional<String> otherTopic(Outlet outlet, OutputManifest manifest) {
        Map<TopicName, UUID> made = new TreeMap<>();
        manifest.targets().forEach(each -> made.put(new TopicName(each.topic()), each.topicId()));
        for (Map.Entry<TopicName, UUID> each : made.entrySet()) {
            UUID now = outlet.topicId(each.getKey()).orElse(null);
            if (!each.getValue().equals(now)) {
                return Optional.of("topic " + each.getKey() + ", for which its records were made with id "
                        + each.getValue() + ", " + (now == null ? "was deleted" : "was made anew with id " + now)
                        + " meanwhile");
            }
        }
        return Optional.empty();
    }
}
