package io.millstream.hadoop.output;

import static io.millstream.coordination.Coordination.await;

import io.millstream.client.Admin;
import io.millstream.client.Cluster;
import io.millstream.client.ProducerTrace;
import io.millstream.client.ReadSettings;
import io.millstream.client.SequencedSender;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A real cluster. */
final class ClusterOutlet implements Outlet {

    private final Cluster cluster;
    private final Coordination coordination;
    private final Admin admin;
    private final SequencedSender sender;

    /** Both stay the caller's to close. */
    ClusterOutlet(Cluster cluster, Coordination coordination) {
        this.cluster = cluster;
        this.coordination = coordination;
        this.admin = new Admin(cluster);
        this.sender = new SequencedSender(cluster);
    }

    @Override
    public CompletableFuture<Long> send(TopicPartition partition, byte[] batch) {
        return sender.send(partition, batch);
    }

    @Override
    public OptionalInt lastSequence(TopicPartition partition, long producerId) {
        return sender.lastSequence(partition, producerId);
    }

    @Override
    public Traced trace(TopicPartition partition, long producerId, long from) {
        long to = admin.endOffsets(Set.of(partition)).get(partition);
        ReadSettings settings =
                ReadSettings.defaults().withStallTimeout(cluster.settings().timeout());
        return new Traced(new ProducerTrace(cluster, settings).lastSequence(partition, producerId, from, to), to);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return admin.endOffsets(partitions);
    }

    @Override
    public TopicRules rules(TopicName topic) {
        return TopicRules.of(topic, admin.topicSettings(topic, TopicRules.SETTINGS));
    }

    @Override
    public Optional<UUID> topicId(TopicName topic) {
        await(coordination.sync());
        String path = Paths.topic(topic);
        return await(coordination.read(path)).map(found -> Document.read(found.value(), TopicAssignment.class, path)
                .topicId());
    }
}
