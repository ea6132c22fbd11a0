package io.millstream.client;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One question for each of many partitions, asked of their leaders, all of one leader's in one request. Partitions whose
 * leader moved are asked again; what was answered is kept. Runs on the client's loop.
 *
 * @param <Q> what is asked about a partition
 * @param <A> what is answered about it
 */
final class LeaderCalls<Q, A> {

    /** How many partitions a message names. */
    private static final int NAMED = 10;

    /** @param leaderEpoch that the leader is believed to have, or -1 */
    record Question<Q>(TopicPartition partition, int leaderEpoch, Q query) {}

    /** @param value null with an error */
    record Answer<A>(TopicPartition partition, ErrorCode error, A value) {}

    /** Puts one leader's questions into a request, and takes the answers out of its response. */
    @FunctionalInterface
    interface Wire<Q, A> {
        CompletableFuture<List<Answer<A>>> ask(Connection leader, List<Question<Q>> questions);
    }

    private final Cluster cluster;
    private final String what;
    private final Wire<Q, A> wire;
    private final SortedMap<TopicPartition, Q> open;
    private final Map<TopicPartition, A> answers = new HashMap<>();
    private final SortedMap<TopicPartition, Throwable> troubles = new TreeMap<>();
    private boolean again;

    private LeaderCalls(Cluster cluster, String what, Map<TopicPartition, Q> queries, Wire<Q, A> wire) {
        this.cluster = cluster;
        this.what = what;
        this.open = new TreeMap<>(queries);
        this.wire = wire;
    }

    /**
     * Asks until all are answered.
     *
     * @param what is asked for, for messages
     * @return fails with {@link ClientException}, naming the partitions without an answer and why
     */
    static <Q, A> CompletableFuture<Map<TopicPartition, A>> ask(
            Cluster cluster, String what, Map<TopicPartition, Q> queries, Wire<Q, A> wire) {
        LeaderCalls<Q, A> calls = new LeaderCalls<>(cluster, what, queries, wire);
        Duration timeout = cluster.settings().timeout();
        return Retry.until(cluster, timeout, what + " of " + queries.size() + " partitions", calls::round);
    }

    /** The partitions of a request, by topic, as most APIs want them. */
    static <Q, T> List<ByTopic<T>> byTopic(List<Question<Q>> questions, Function<Question<Q>, T> body) {
        Map<TopicName, List<T>> topics = new TreeMap<>();
        for (Question<Q> each : questions) {
            topics.computeIfAbsent(each.partition().topic(), topic -> new ArrayList<>())
                    .add(body.apply(each));
        }
        return topics.entrySet().stream()
                .map(each -> new ByTopic<>(each.getKey().value(), each.getValue()))
                .toList();
    }

    private CompletableFuture<Map<TopicPartition, A>> round() {
        Set<TopicName> topics =
                open.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
        boolean known = open.keySet().stream()
                .allMatch(each -> cluster.view().leader(each).isPresent());
        if (known && !again) {
            again = true;
            return askLeaders();
        }
        again = true;
        return cluster.learn(topics).thenCompose(learned -> askLeaders());
    }

    private CompletableFuture<Map<TopicPartition, A>> askLeaders() {
        troubles.clear();
        Map<Integer, List<Question<Q>>> byLeader = new TreeMap<>();
        open.forEach((partition, query) -> cluster.view()
                .leader(partition)
                .ifPresentOrElse(
                        leader -> byLeader.computeIfAbsent(leader.broker().id(), id -> new ArrayList<>())
                                .add(new Question<>(partition, leader.epoch(), query)),
                        () -> troubles.put(partition, new TryAgain("has no leader, or does not exist"))));
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        byLeader.forEach((leader, questions) -> asked.add(askLeader(leader, questions)));
        return Async.on(cluster.environment().loop(), Async.all(asked)).thenApply(done -> concluded());
    }

    private CompletableFuture<Void> askLeader(int leader, List<Question<Q>> questions) {
        CompletableFuture<List<Answer<A>>> asked =
                cluster.connection(leader).thenCompose(connection -> wire.ask(connection, questions));
        return Async.on(cluster.environment().loop(), asked).handle((found, failure) -> {
            if (failure != null) {
                questions.forEach(each -> troubles.put(each.partition(), Async.cause(failure)));
            } else {
                questions.forEach(each -> troubles.put(each.partition(), new TryAgain("left out of the answer")));
                found.forEach(this::note);
            }
            return null;
        });
    }

    private void note(Answer<A> answer) {
        if (!open.containsKey(answer.partition())) {
            return;
        }
        if (answer.error() == ErrorCode.NONE) {
            answers.put(answer.partition(), answer.value());
            open.remove(answer.partition());
            troubles.remove(answer.partition());
        } else {
            String said = answer.error().description() + " (" + answer.error() + ")";
            troubles.put(
                    answer.partition(),
                    Outcome.passes(answer.error()) ? new TryAgain(said) : new ClientException(said));
        }
    }

    private Map<TopicPartition, A> concluded() {
        if (open.isEmpty()) {
            return Map.copyOf(answers);
        }
        boolean passes = troubles.values().stream().allMatch(Retry::passes);
        String message = "No " + what + " of "
                + troubles.entrySet().stream()
                        .limit(NAMED)
                        .map(each -> "partition " + each.getKey() + ": "
                                + each.getValue().getMessage())
                        .collect(Collectors.joining("; "));
        if (troubles.size() > NAMED) {
            message += "; and " + (troubles.size() - NAMED) + " more partitions";
        }
        if (passes) {
            throw new TryAgain(message);
        }
        throw new ClientException(message, troubles.get(troubles.firstKey()));
    }
}
