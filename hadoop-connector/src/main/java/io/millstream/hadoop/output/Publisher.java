package io.millstream.hadoop.output;

import io.millstream.client.ClientException;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.OutputManifest.Target;
import io.millstream.record.RecordBatch;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Sends what was decided. All publishers of a publication send the same bytes under the same numbers, in the same order for each
 * partition, and the next batch of a partition only once the one before is acknowledged. So a partition always has a beginning of
 * what it is to get, each record once, and it does not matter how many publish it, or where one stopped.
 * Who comes later finds out how far each partition is, see {@link StoredRecords}.
 */
final class Publisher {

    private static final int ROUNDS = 3;

    private final Outlet outlet;
    private final StagedTasks staged;
    private final String publication;
    private final PublicationRecord record;
    private final OutputManifest manifest;
    private final Pace pace;

    /**
     * How fast, and for how long.
     *
     * @param sending where sends are made; may wait
     * @param inFlightBytes what may be sent and not acknowledged
     * @param tick called now and then
     * @param stillOpen asked right before each send
     */
    record Pace(Executor sending, long inFlightBytes, Runnable tick, NumberedSends.StillOpen stillOpen, Clock clock) {}

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

    /**
     * Who may have sent something already.
     *
     * @param anybody whether somebody may have
     * @param nanos if not, as of which moment of the clock
     */
    record Before(boolean anybody, long nanos) {

        static final Before ANYBODY = new Before(true, 0);

        /** Nobody until that moment of the clock: the publication was decided later. */
        static Before nobody(long nanos) {
            return new Before(false, nanos);
        }
    }

    /**
     * Sends what is not there yet, and waits until all is acknowledged.
     *
     * @throws OutputException if it cannot be told what is there, or a leader refuses a batch
     * @throws NumberedSends.Finished as {@link NumberedSends.StillOpen} does
     */
    void publish(Before before) throws IOException {
        ensureSameTopics();
        Before now = before;
        for (int round = 1; ; round++) {
            try {
                publishOnce(now);
                break;
            } catch (NumberedSends.Behind e) {
                if (round == ROUNDS) {
                    throw failed(e);
                }
                now = Before.ANYBODY;
            } catch (ClientException e) {
                throw failed(e);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        ensureSameTopics();
    }

    private OutputException failed(Throwable cause) {
        return new OutputException(
                "Publication " + publication + " stopped: " + cause.getMessage()
                        + ". Part of it may be in the topics: do not run the job again; when the cause is gone,"
                        + " 'millstream output resume " + publication + "' goes on",
                cause);
    }

    private void publishOnce(Before before) throws IOException {
        StoredRecords stored = new StoredRecords(outlet, publication, record.producerId());
        NumberedSends sends = new NumberedSends(outlet, stored, pace.sending(), pace.stillOpen(), pace.clock());
        Map<TopicPartition, Lane> lanes = new HashMap<>();
        for (Target target : manifest.targets()) {
            long asked = before.anybody() ? pace.clock().nanos() : before.nanos();
            Extent there = before.anybody() ? stored.in(target) : Extent.NONE;
            sends.known(target.topicPartition(), asked);
            lanes.put(target.topicPartition(), new Lane(target, new PartitionProgress(there)));
        }
        Lanes sending = new Lanes(pace.sending(), pace.inFlightBytes(), pace.tick());
        for (OutputManifest.File file : manifest.files()) {
            try (StagedReader reader = staged.open(file.path())) {
                for (StagedBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    pace.tick().run();
                    send(batch, lane(batch.partition(), lanes), sending, sends);
                }
            }
        }
        sending.drain();
        for (Lane lane : lanes.values()) {
            ensureWhole(lane);
        }
    }

    /** Each file was what the manifest says; that all of them were read is looked at, too. */
    private void ensureWhole(Lane lane) throws OutputException {
        int found = lane.progress.next();
        if (found != lane.target.records()) {
            throw new OutputException("Publication " + publication + " has " + found + " staged records for partition "
                    + lane.target.topicPartition() + ", and " + lane.target.records()
                    + " were decided. Do not run the job again; restore the staging folder from a backup, then"
                    + " 'millstream output resume " + publication + "'");
        }
    }

    private record Lane(Target target, PartitionProgress progress) {}

    private Lane lane(TopicPartition partition, Map<TopicPartition, Lane> lanes) throws OutputException {
        Lane lane = lanes.get(partition);
        if (lane == null) {
            throw new OutputException("A staged file of publication " + publication + " has records for " + partition
                    + ", of which the manifest knows nothing. Nothing more is sent; restore it from a backup");
        }
        return lane;
    }

    private void send(StagedBatch batch, Lane lane, Lanes sending, NumberedSends sends) {
        int first = lane.progress.next();
        if (lane.progress.take(batch.records())) {
            int last = first + batch.records() - 1;
            byte[] numbered = numbered(batch, first);
            sending.put(batch.partition(), numbered.length, () -> sends.send(lane.target, numbered, first, last));
        }
    }

    private byte[] numbered(StagedBatch batch, int sequence) {
        RecordBatch.at(Unpooled.wrappedBuffer(batch.bytes()))
                .stampProducer(record.producerId(), PublicationRecord.PRODUCER_EPOCH, sequence);
        return batch.bytes();
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
