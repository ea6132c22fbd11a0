package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.ElectLeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers ElectLeaders, when the elections show here or the client's patience ends. */
public final class ElectLeadersHandler implements Handler<ElectLeaders.Request> {

    private final ServedCluster served;

    public ElectLeadersHandler(ServedCluster served) {
        this.served = served;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, ElectLeaders.Request request) {
        if (!served.controller().isActive()) {
            return answer(request, ErrorCode.NOT_CONTROLLER);
        }
        if (request.type() != ElectLeaders.PREFERRED && request.type() != ElectLeaders.UNCLEAN) {
            return answer(request, ErrorCode.INVALID_REQUEST);
        }
        List<TopicPartition> partitions =
                request.topics() == null ? all(served.view().state()) : NamedPartitions.of(request.topics());
        CompletableFuture<Outcome<SortedMap<TopicPartition, Optional<Refusal>>>> elections =
                request.type() == ElectLeaders.PREFERRED
                        ? served.controller().electPreferred(partitions)
                        : served.controller().electUnclean(partitions);
        Deadline deadline = new Deadline(context, request.timeoutMillis());
        return deadline.within(elections, () -> null).thenCompose(outcome -> {
            if (outcome == null) {
                return answer(request, ErrorCode.REQUEST_TIMED_OUT);
            }
            return outcome.isRefused()
                    ? answer(request, ServedCluster.errorOf(outcome.refusal()))
                    : shown(deadline, outcome.value()).thenApply(verdicts -> response(request, verdicts));
        });
    }

    private static List<TopicPartition> all(ClusterState cluster) {
        List<TopicPartition> all = new ArrayList<>();
        cluster.topics()
                .forEach((name, topic) ->
                        topic.states().keySet().forEach(number -> all.add(new TopicPartition(name, number))));
        return all;
    }

    /** What became of each, once this broker shows those who were elected. */
    private CompletableFuture<Map<TopicPartition, ElectLeaders.Elected>> shown(
            Deadline deadline, SortedMap<TopicPartition, Optional<Refusal>> verdicts) {
        List<TopicPartition> elected = verdicts.entrySet().stream()
                .filter(verdict -> verdict.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        return deadline.within(
                        served.view().await(cluster -> elected.stream().allMatch(each -> isLed(cluster, each))),
                        () -> null)
                .thenApply(shown -> {
                    Map<TopicPartition, ElectLeaders.Elected> answers = new TreeMap<>();
                    verdicts.forEach((partition, refusal) -> answers.put(
                            partition,
                            refusal.map(why -> new ElectLeaders.Elected(
                                            partition.partition(), ServedCluster.errorOf(why), why.message()))
                                    .orElseGet(() -> elected(
                                            partition.partition(),
                                            shown == null ? ErrorCode.REQUEST_TIMED_OUT : ErrorCode.NONE))));
                    return answers;
                });
    }

    private static boolean isLed(ClusterState cluster, TopicPartition partition) {
        return cluster.state(partition)
                .filter(state -> cluster.registration(state.leader()).equals(Optional.of(state.leaderRegistration())))
                .isPresent();
    }

    /** Of all partitions, those that needed no election are left out, as Kafka does. */
    private static ElectLeaders.Response response(
            ElectLeaders.Request request, Map<TopicPartition, ElectLeaders.Elected> answers) {
        if (request.topics() == null) {
            answers.values().removeIf(each -> each.error() == ErrorCode.ELECTION_NOT_NEEDED);
            return new ElectLeaders.Response(
                    0, ErrorCode.NONE, NamedPartitions.byTopic(answers, (number, elected) -> elected));
        }
        List<ByTopic<ElectLeaders.Elected>> topics = new ArrayList<>();
        for (ByTopic<Integer> topic : request.topics()) {
            List<ElectLeaders.Elected> ofTopic = topic.partitions().stream()
                    .map(number -> NamedPartitions.of(topic.topic(), number)
                            .map(answers::get)
                            .orElseGet(() -> elected(number, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)))
                    .toList();
            topics.add(new ByTopic<>(topic.topic(), ofTopic));
        }
        return new ElectLeaders.Response(0, ErrorCode.NONE, topics);
    }

    private static CompletableFuture<ElectLeaders.Response> answer(ElectLeaders.Request request, ErrorCode error) {
        List<ByTopic<ElectLeaders.Elected>> topics = request.topics() == null
                ? List.of()
                : request.topics().stream()
                        .map(topic -> new ByTopic<>(
                                topic.topic(),
                                topic.partitions().stream()
                                        .map(number -> elected(number, error))
                                        .toList()))
                        .toList();
        return CompletableFuture.completedFuture(new ElectLeaders.Response(0, error, topics));
    }

    private static ElectLeaders.Elected elected(int partition, ErrorCode error) {
        return new ElectLeaders.Elected(partition, error, error == ErrorCode.NONE ? null : error.description());
    }
}
