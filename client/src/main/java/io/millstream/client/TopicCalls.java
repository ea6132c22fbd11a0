package io.millstream.client;

import io.millstream.core.TopicName;
import io.millstream.net.ConnectionException;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.CreateTopics;
import io.millstream.wire.message.DeleteTopics;
import io.millstream.wire.message.DescribeConfigs;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Topics made, described and removed, through whatever passes. Runs on the client's loop. */
final class TopicCalls {

    record NewTopic(TopicName name, int partitions, int replicas, SortedMap<String, String> config) {}

    private final Cluster cluster;
    private boolean mayBeDone; // an earlier try was not answered, so that "exists" or "unknown" can be its success

    TopicCalls(Cluster cluster) {
        this.cluster = cluster;
    }

    CompletableFuture<Void> create(NewTopic topic) {
        return until("creation of topic " + topic.name(), () -> tryToCreate(topic))
                .thenCompose(done -> until("leaders of topic " + topic.name(), () -> ensureLed(topic)));
    }

    CompletableFuture<Void> delete(TopicName topic) {
        return until("deletion of topic " + topic, () -> tryToDelete(topic))
                .thenCompose(done -> until("end of topic " + topic, () -> ensureGone(topic)));
    }

    /** What these settings are for a topic, wherever they come from. */
    CompletableFuture<Map<String, String>> settings(TopicName topic, Collection<String> names) {
        DescribeConfigs.Resource wanted =
                new DescribeConfigs.Resource(DescribeConfigs.TOPIC, topic.value(), List.copyOf(names));
        return Retry.until(cluster, cluster.settings().timeout(), "settings of topic " + topic, () -> send(
                        new DescribeConfigs.Request(List.of(wanted), false, false), DescribeConfigs.Response.class)
                .thenApply(response -> found(topic, response)));
    }

    private static Map<String, String> found(TopicName topic, DescribeConfigs.Response response) {
        DescribeConfigs.Described described = response.resources().stream()
                .findFirst()
                .orElseThrow(() -> new TryAgain("The broker left topic " + topic + " out of its answer"));
        if (described.error() != ErrorCode.NONE) {
            throw Outcome.failure("Settings of topic " + topic, described.error());
        }
        Map<String, String> settings = new TreeMap<>();
        described.configs().forEach(each -> settings.put(each.name(), each.value()));
        return settings;
    }

    private CompletableFuture<Void> until(String what, Supplier<CompletableFuture<Void>> attempt) {
        return Retry.until(cluster, cluster.settings().timeout(), what, attempt);
    }

    private CompletableFuture<Void> tryToCreate(NewTopic topic) {
        List<CreateTopics.Setting> settings = topic.config().entrySet().stream()
                .map(each -> new CreateTopics.Setting(each.getKey(), each.getValue()))
                .toList();
        CreateTopics.Topic wanted = new CreateTopics.Topic(
                topic.name().value(), topic.partitions(), (short) topic.replicas(), List.of(), settings);
        return send(new CreateTopics.Request(List.of(wanted), timeoutMillis(), false), CreateTopics.Response.class)
                .thenAccept(response -> {
                    CreateTopics.Created created = response.topics().stream()
                            .findFirst()
                            .orElseThrow(
                                    () -> new TryAgain("The broker left topic " + topic.name() + " out of its answer"));
                    boolean ours = created.error() == ErrorCode.TOPIC_ALREADY_EXISTS && mayBeDone;
                    if (!ours) {
                        ensureDone("Topic " + topic.name(), created.error(), created.errorMessage());
                    }
                });
    }

    private CompletableFuture<Void> tryToDelete(TopicName topic) {
        return send(new DeleteTopics.Request(List.of(topic.value()), timeoutMillis()), DeleteTopics.Response.class)
                .thenAccept(response -> {
                    DeleteTopics.Deleted deleted = response.topics().stream()
                            .findFirst()
                            .orElseThrow(() -> new TryAgain("The broker left topic " + topic + " out of its answer"));
                    if (deleted.error() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                        ensureDone("Topic " + topic, deleted.error(), null);
                    } else if (!mayBeDone) {
                        throw new ClientException("Topic " + topic + " does not exist");
                    }
                });
    }

    private void ensureDone(String topic, ErrorCode error, String message) {
        if (error == ErrorCode.NONE) {
            return;
        }
        if (error == ErrorCode.REQUEST_TIMED_OUT) {
            mayBeDone = true;
        }
        throw Outcome.failure(message == null ? topic : topic + ": " + message, error);
    }

    private int timeoutMillis() {
        return (int) Math.min(cluster.settings().connection().requestTimeout().toMillis() / 2, Integer.MAX_VALUE);
    }

    private <R extends ResponseBody> CompletableFuture<R> send(RequestBody request, Class<R> type) {
        return cluster.anyConnection().thenCompose(connection -> {
            CompletableFuture<R> answer = connection.send(request, type);
            return Async.on(cluster.environment().loop(), answer).whenComplete((response, failure) -> {
                if (failure instanceof ConnectionException lost && lost.mayHaveActed()) {
                    mayBeDone = true;
                }
            });
        });
    }

    private CompletableFuture<Void> ensureLed(NewTopic topic) {
        return cluster.learn(Set.of(topic.name())).thenAccept(view -> {
            ClusterView.Topic known = view.topics().get(topic.name());
            boolean led = known != null
                    && !known.partitions().isEmpty()
                    && known.partitions().values().stream()
                            .allMatch(each -> view.brokers().containsKey(each.leader()));
            if (!led) {
                throw new TryAgain("Topic " + topic.name() + " has partitions without a leader");
            }
        });
    }

    private CompletableFuture<Void> ensureGone(TopicName topic) {
        return cluster.learn(Set.of(topic)).thenAccept(view -> {
            if (view.topics().containsKey(topic)) {
                throw new TryAgain("Topic " + topic + " is still listed");
            }
        });
    }
}
