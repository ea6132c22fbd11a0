package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeRanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** DescribeRanges for many partitions, asked on where an answer was bounded. Runs on the client's loop. */
final class RangeCalls {

    /** @param known whether the leader could say anything */
    private record Described(boolean known, long end, List<RangeChunk> chunks) {

        static final Described UNKNOWN = new Described(false, 0, List.of());
    }

    private final Cluster cluster;
    private final Map<TopicPartition, RangeQuery> open = new HashMap<>();
    private final Map<TopicPartition, List<RangeChunk>> chunks = new HashMap<>();

    RangeCalls(Cluster cluster, Map<TopicPartition, RangeQuery> ranges) {
        this.cluster = cluster;
        ranges.forEach((partition, range) -> {
            chunks.put(partition, new ArrayList<>());
            if (range.from() < range.to()) {
                open.put(partition, range);
            }
        });
    }

    CompletableFuture<Optional<Map<TopicPartition, List<RangeChunk>>>> describe() {
        if (open.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.of(Map.copyOf(chunks)));
        }
        return LeaderCalls.ask(cluster, "description of the range", open, RangeCalls::send)
                .thenCompose(found -> {
                    if (!found.values().stream().allMatch(Described::known)) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    Map<TopicPartition, RangeQuery> before = Map.copyOf(open);
                    found.forEach(this::note);
                    if (open.equals(before)) { // asked again, it would be so for ever
                        throw stuck(before);
                    }
                    return describe();
                });
    }

    private void note(TopicPartition partition, Described found) {
        RangeQuery range = open.get(partition);
        if (found.chunks().isEmpty() && found.end() == range.from()) {
            return; // the answer had no room left for it
        }
        open.remove(partition);
        ensureSound(partition, range, found);
        chunks.get(partition).addAll(found.chunks());
        if (found.end() < range.to()) {
            open.put(partition, new RangeQuery(found.end(), range.to(), range.targetBytes()));
        }
    }

    /** A plan made of chunks that overlap or leave something out would lose records or read them twice. */
    private static void ensureSound(TopicPartition partition, RangeQuery range, Described found) {
        long last = range.from() - 1;
        for (RangeChunk chunk : found.chunks()) {
            boolean follows = last < range.from() ? chunk.offset() == range.from() : chunk.offset() > last;
            if (chunk.bytes() < 0 || !follows) {
                throw unsound(partition, range, found);
            }
            last = chunk.offset();
        }
        boolean advances = found.end() > last
                && found.end() <= range.to()
                && !found.chunks().isEmpty();
        if (!advances) {
            throw unsound(partition, range, found);
        }
    }

    private static ClientException unsound(TopicPartition partition, RangeQuery range, Described found) {
        return new ClientException(
                "Partition " + partition + ": its leader describes offsets " + range.from() + " to " + range.to()
                        + " with chunks that do not follow one another: " + found.chunks() + " up to " + found.end());
    }

    private static ClientException stuck(Map<TopicPartition, RangeQuery> open) {
        TopicPartition first = Collections.min(open.keySet());
        RangeQuery range = open.get(first);
        return new ClientException("Partition " + first + ": its leader describes nothing of offsets " + range.from()
                + " to " + range.to() + ", nor of any other of the " + open.size() + " partitions asked about");
    }

    private static CompletableFuture<List<LeaderCalls.Answer<Described>>> send(
            Connection leader, List<LeaderCalls.Question<RangeQuery>> questions) {
        List<LeaderCalls.Answer<Described>> answers = new ArrayList<>();
        if (!leader.speaks(ApiKey.DESCRIBE_RANGES)) {
            questions.forEach(
                    each -> answers.add(new LeaderCalls.Answer<>(each.partition(), ErrorCode.NONE, Described.UNKNOWN)));
            return CompletableFuture.completedFuture(answers);
        }
        DescribeRanges.Request request = new DescribeRanges.Request(LeaderCalls.byTopic(questions, RangeCalls::range));
        return leader.send(request, DescribeRanges.Response.class).thenApply(response -> {
            response.topics().forEach(topic -> topic.partitions()
                    .forEach(each -> answers.add(new LeaderCalls.Answer<>(
                            new TopicPartition(topic.topic(), each.partition()), each.error(), described(each)))));
            return answers;
        });
    }

    private static DescribeRanges.Range range(LeaderCalls.Question<RangeQuery> question) {
        RangeQuery range = question.query();
        return new DescribeRanges.Range(
                question.partition().partition(),
                question.leaderEpoch(),
                range.from(),
                range.to(),
                range.targetBytes());
    }

    private static Described described(DescribeRanges.Described answer) {
        List<RangeChunk> chunks = answer.chunks().stream()
                .map(chunk -> new RangeChunk(chunk.offset(), chunk.bytes(), chunk.maxTimestamp()))
                .toList();
        return new Described(true, answer.end(), chunks);
    }
}
