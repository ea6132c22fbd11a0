package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.server.RequestContext;
import io.millstream.coordination.TopicAssignment;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.AlterPartitionReassignments;
import io.millstream.wire.message.AlterPartitionReassignments.Altered;
import io.millstream.wire.message.ListPartitionReassignments;
import io.millstream.wire.message.ListPartitionReassignments.Ongoing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers AlterPartitionReassignments, when the moves have begun, and ListPartitionReassignments (KIP-455). */
public final class ReassignmentHandler {

    private final ServedCluster served;

    public ReassignmentHandler(ServedCluster served) {
        this.served = served;
    }

    /** Begins to move partitions, or stops it. */
    public CompletionStage<? extends ResponseBody> alter(
            RequestContext context, AlterPartitionReassignments.Request request) {
        if (!served.controller().isActive()) {
            return refused(ErrorCode.NOT_CONTROLLER, null);
        }
        SortedMap<TopicPartition, Optional<List<Integer>>> wanted = new TreeMap<>();
        for (ByTopic<AlterPartitionReassignments.Target> topic : request.topics()) {
            for (AlterPartitionReassignments.Target target : topic.partitions()) {
                NamedPartitions.of(topic.topic(), target.partition())
                        .ifPresent(partition -> wanted.put(partition, Optional.ofNullable(target.replicas())));
            }
        }
        Deadline deadline = new Deadline(context, request.timeoutMillis());
        return deadline.within(served.controller().reassign(wanted), () -> null).thenCompose(outcome -> {
            if (outcome == null) {
                return refused(ErrorCode.REQUEST_TIMED_OUT, "The reassignments have not begun yet");
            }
            return outcome.isRefused()
                    ? refused(
                            ServedCluster.errorOf(outcome.refusal()),
                            outcome.refusal().message())
                    : CompletableFuture.completedFuture(altered(request, outcome.value()));
        });
    }

    private static AlterPartitionReassignments.Response altered(
            AlterPartitionReassignments.Request request, Map<TopicPartition, Optional<Refusal>> verdicts) {
        List<ByTopic<Altered>> topics = new ArrayList<>();
        for (ByTopic<AlterPartitionReassignments.Target> topic : request.topics()) {
            List<Altered> ofTopic = topic.partitions().stream()
                    .map(target -> NamedPartitions.of(topic.topic(), target.partition())
                            .map(partition -> altered(target.partition(), verdicts.get(partition)))
                            .orElseGet(() -> new Altered(
                                    target.partition(),
                                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                    "The partition does not exist.")))
                    .toList();
            topics.add(new ByTopic<>(topic.topic(), ofTopic));
        }
        return new AlterPartitionReassignments.Response(0, ErrorCode.NONE, null, topics);
    }

    private static Altered altered(int partition, Optional<Refusal> refusal) {
        return refusal.map(why -> new Altered(partition, ServedCluster.errorOf(why), why.message()))
                .orElseGet(() -> new Altered(partition, ErrorCode.NONE, null));
    }

    private static CompletableFuture<AlterPartitionReassignments.Response> refused(ErrorCode error, String message) {
        String said = message == null ? error.description() : message;
        return CompletableFuture.completedFuture(new AlterPartitionReassignments.Response(0, error, said, List.of()));
    }

    /** Tells which partitions are moving. Any broker knows; the controller is asked, as in Kafka, because it knows first. */
    public CompletionStage<? extends ResponseBody> list(
            RequestContext context, ListPartitionReassignments.Request request) {
        if (!served.controller().isActive()) {
            ErrorCode error = ErrorCode.NOT_CONTROLLER;
            return CompletableFuture.completedFuture(
                    new ListPartitionReassignments.Response(0, error, error.description(), List.of()));
        }
        SortedMap<TopicPartition, Ongoing> moving = moving(served.controller().state());
        if (request.topics() != null) {
            moving.keySet().retainAll(NamedPartitions.of(request.topics()));
        }
        return CompletableFuture.completedFuture(new ListPartitionReassignments.Response(
                0, ErrorCode.NONE, null, NamedPartitions.byTopic(moving, (number, ongoing) -> ongoing)));
    }

    private static SortedMap<TopicPartition, Ongoing> moving(ClusterState cluster) {
        SortedMap<TopicPartition, Ongoing> moving = new TreeMap<>();
        for (Map.Entry<TopicName, ClusterState.Topic> topic : cluster.topics().entrySet()) {
            TopicAssignment assignment = topic.getValue().assignment().value();
            assignment.partitions().forEach((number, replicas) -> {
                if (assignment.isMoving(number)) {
                    moving.put(
                            new TopicPartition(topic.getKey(), number),
                            new Ongoing(
                                    number,
                                    replicas,
                                    assignment.adding().getOrDefault(number, List.of()),
                                    assignment.removing().getOrDefault(number, List.of())));
                }
            });
        }
        return moving;
    }
}
