package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeProducers;
import io.millstream.wire.message.Produce;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Sends batches whose producer id, epoch and sequence the caller has chosen, acknowledged by all in-sync replicas (KIP-98).
 * A batch that a leader has already and remembers is acknowledged and not stored again: so a batch may be
 * sent as often as one likes, by as many as like, as long as its bytes are the same.
 *
 * <p>Leaders are followed, and what passes is tried again, for up to {@link ClientSettings#timeout}. Safe for use by several
 * threads. Futures complete on the client's loop, where nothing may block.
 */
public final class SequencedSender {

    private final Cluster cluster;

    /** A sender for this cluster, which stays the caller's to close. */
    public SequencedSender(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Sends a batch. Send a partition's next one when this one is acknowledged: then at most one can be in doubt.
     *
     * @param batch one whole batch with its numbers; not changed until this completes
     * @return the offset of its first record; -1 where the leader has it and does not remember where. Fails with {@link
     *     SequenceException} if the leader expects other numbers, with {@link TimedOutException} if it may be stored all the same,
     *     with {@link ClientException} for what another try does not change
     */
    public CompletableFuture<Long> send(TopicPartition partition, byte[] batch) {
        return LeaderCalls.ask(cluster, "acknowledgement of a batch", Map.of(partition, batch), this::produce)
                .thenApply(results -> baseOffset(partition, results.get(partition)));
    }

    private CompletableFuture<List<LeaderCalls.Answer<Produce.Result>>> produce(
            Connection leader, List<LeaderCalls.Question<byte[]>> questions) {
        List<ByTopic<Produce.Data>> data = LeaderCalls.byTopic(
                questions,
                each -> new Produce.Data(
                        each.partition().partition(), new BytesPayload(Unpooled.wrappedBuffer(each.query()))));
        int patience = (int) (cluster.settings().connection().requestTimeout().toMillis() * 3 / 4);
        return leader.send(new Produce.Request(null, Produce.ACKS_ALL, patience, data), Produce.Response.class)
                .thenApply(response -> {
                    List<LeaderCalls.Answer<Produce.Result>> answers = new ArrayList<>();
                    response.topics().forEach(topic -> topic.partitions()
                            .forEach(each ->
                                    answers.add(answer(new TopicPartition(topic.topic(), each.partition()), each))));
                    return answers;
                });
    }

    /** What does not pass is an answer too: it comes with the broker's own words. */
    private static LeaderCalls.Answer<Produce.Result> answer(TopicPartition partition, Produce.Result result) {
        return Outcome.passes(result.error())
                ? new LeaderCalls.Answer<>(partition, result.error(), null)
                : new LeaderCalls.Answer<>(partition, ErrorCode.NONE, result);
    }

    private static Long baseOffset(TopicPartition partition, Produce.Result result) {
        ErrorCode error = result.error();
        if (error == ErrorCode.NONE || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
            return result.baseOffset();
        }
        String said = error.description() + " (" + error + ")"
                + (result.errorMessage() == null ? "" : ": " + result.errorMessage());
        if (Outcome.endsProducer(error)) {
            throw new SequenceException(partition, said);
        }
        throw new ClientException("Partition " + partition + " refused a batch: " + said);
    }

    /**
     * The sequence of the last record that a partition's leader has of a producer, whether or not it is on all in-sync replicas
     * yet (KIP-664). Waits.
     *
     * @return empty if the leader knows nothing of the producer, which may have been forgotten
     * @throws ClientException if no leader could be asked
     */
    public OptionalInt lastSequence(TopicPartition partition, long producerId) {
        Map<TopicPartition, OptionalInt> found = Async.await(
                LeaderCalls.ask(cluster, "producers", Map.of(partition, producerId), SequencedSender::describe),
                cluster.settings().timeout().multipliedBy(2),
                "producers of partition " + partition);
        return found.get(partition);
    }

    private static CompletableFuture<List<LeaderCalls.Answer<OptionalInt>>> describe(
            Connection leader, List<LeaderCalls.Question<Long>> questions) {
        long producerId = questions.get(0).query();
        DescribeProducers.Request request = new DescribeProducers.Request(
                LeaderCalls.byTopic(questions, each -> each.partition().partition()));
        return leader.send(request, DescribeProducers.Response.class).thenApply(response -> {
            List<LeaderCalls.Answer<OptionalInt>> answers = new ArrayList<>();
            response.topics().forEach(topic -> topic.partitions()
                    .forEach(each -> answers.add(new LeaderCalls.Answer<>(
                            new TopicPartition(topic.topic(), each.partition()),
                            each.error(),
                            last(each.producers(), producerId)))));
            return answers;
        });
    }

    private static OptionalInt last(List<DescribeProducers.Producer> producers, long producerId) {
        return producers.stream()
                .filter(each -> each.producerId() == producerId && each.lastSequence() >= 0)
                .mapToInt(DescribeProducers.Producer::lastSequence)
                .findFirst();
    }
}
