package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.message.ListOffsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** ListOffsets for many partitions. */
final class OffsetQueries {

    private static final byte READ_UNCOMMITTED = 0;
    private static final long NONE = -1;

    private final Cluster cluster;

    OffsetQueries(Cluster cluster) {
        this.cluster = cluster;
    }

    CompletableFuture<Map<TopicPartition, Long>> starts(Collection<TopicPartition> partitions) {
        return ask("start offset", all(partitions, ListOffsets.EARLIEST), ListOffsets.Found::offset);
    }

    CompletableFuture<Map<TopicPartition, Long>> ends(Collection<TopicPartition> partitions) {
        return ask("end offset", all(partitions, ListOffsets.LATEST), ListOffsets.Found::offset);
    }

    CompletableFuture<Map<TopicPartition, Optional<TimedOffset>>> atTimes(Map<TopicPartition, Long> times) {
        times.forEach((partition, millis) -> {
            if (millis < 0) {
                throw new IllegalArgumentException("Time " + millis + " for partition " + partition + " is negative");
            }
        });
        return ask(
                "offset for a time",
                times,
                found -> found.offset() == NONE
                        ? Optional.empty()
                        : Optional.of(new TimedOffset(found.offset(), found.timestamp())));
    }

    private static Map<TopicPartition, Long> all(Collection<TopicPartition> partitions, long which) {
        Map<TopicPartition, Long> queries = new HashMap<>();
        partitions.forEach(partition -> queries.put(partition, which));
        return queries;
    }

    private <A> CompletableFuture<Map<TopicPartition, A>> ask(
            String what, Map<TopicPartition, Long> queries, Function<ListOffsets.Found, A> value) {
        return LeaderCalls.ask(cluster, what, queries, (leader, questions) -> send(leader, questions, value));
    }

    private static <A> CompletableFuture<List<LeaderCalls.Answer<A>>> send(
            Connection leader, List<LeaderCalls.Question<Long>> questions, Function<ListOffsets.Found, A> value) {
        ListOffsets.Request request = new ListOffsets.Request(
                ListOffsets.CONSUMER,
                READ_UNCOMMITTED,
                LeaderCalls.byTopic(
                        questions,
                        each -> new ListOffsets.Query(each.partition().partition(), each.leaderEpoch(), each.query())));
        return leader.send(request, ListOffsets.Response.class).thenApply(response -> {
            List<LeaderCalls.Answer<A>> answers = new ArrayList<>();
            response.topics().forEach(topic -> topic.partitions()
                    .forEach(found -> answers.add(new LeaderCalls.Answer<>(
                            new TopicPartition(topic.topic(), found.partition()), found.error(), value.apply(found)))));
            return answers;
        });
    }
}
