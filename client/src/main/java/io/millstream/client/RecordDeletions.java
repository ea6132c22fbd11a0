package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.message.DeleteRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** DeleteRecords for many partitions. */
final class RecordDeletions {

    private final Cluster cluster;

    RecordDeletions(Cluster cluster) {
        this.cluster = cluster;
    }

    CompletableFuture<Map<TopicPartition, Long>> below(Map<TopicPartition, Long> offsets) {
        offsets.forEach((partition, offset) -> {
            if (offset < 0) {
                throw new IllegalArgumentException("Offset " + offset + " of partition " + partition + " is negative");
            }
        });
        return LeaderCalls.ask(cluster, "deletion of records", offsets, this::send);
    }

    private CompletableFuture<List<LeaderCalls.Answer<Long>>> send(
            Connection leader, List<LeaderCalls.Question<Long>> questions) {
        DeleteRecords.Request request = new DeleteRecords.Request(
                LeaderCalls.byTopic(
                        questions,
                        each -> new DeleteRecords.Deletion(each.partition().partition(), each.query())),
                (int) Math.min(Integer.MAX_VALUE, cluster.settings().timeout().toMillis()));
        return leader.send(request, DeleteRecords.Response.class).thenApply(response -> {
            List<LeaderCalls.Answer<Long>> answers = new ArrayList<>();
            response.topics().forEach(topic -> topic.partitions()
                    .forEach(each -> answers.add(new LeaderCalls.Answer<>(
                            new TopicPartition(topic.topic(), each.partition()), each.error(), each.lowWatermark()))));
            return answers;
        });
    }
}
