package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.record.RecordBatch;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The cluster as a publisher sees it whose life is counted: every send is a call it may die at. */
record CountedOutlet(Outlet real, Mortality life) implements Outlet {

    @Override
    public CompletableFuture<Long> send(TopicPartition partition, byte[] batch) {
        int sequence = RecordBatch.at(Unpooled.wrappedBuffer(batch)).baseSequence();
        String topic = partition.topic().value();
        String name = "send " + topic.substring(topic.indexOf('.') + 1) + "-" + partition.partition() + " " + sequence;
        try {
            // Waits, so that a send after which one dies was really stored.
            return life.mutate(name, () -> {
                CompletableFuture<Long> sent = real.send(partition, batch);
                sent.handle((offset, failure) -> offset).join();
                return sent;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OptionalInt lastSequence(TopicPartition partition, long producerId) {
        life.look();
        return real.lastSequence(partition, producerId);
    }

    @Override
    public Traced trace(TopicPartition partition, long producerId, long from) {
        life.look();
        return real.trace(partition, producerId, from);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        life.look();
        return real.endOffsets(partitions);
    }

    @Override
    public TopicRules rules(TopicName topic) {
        life.look();
        return real.rules(topic);
    }

    @Override
    public Optional<UUID> topicId(TopicName topic) {
        life.look();
        return real.topicId(topic);
    }
}
