package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig.Layer;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Reconfiguration;
import io.millstream.broker.controller.Reconfiguration.Edit;
import io.millstream.broker.controller.Reconfiguration.Mode;
import io.millstream.broker.controller.Reconfiguration.Subject;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.server.RequestContext;
import io.millstream.broker.server.handler.SettingRules.OfBroker;
import io.millstream.broker.server.handler.SettingRules.OfTopic;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.AlterConfigs;
import io.millstream.wire.message.AlterConfigs.Altered;
import io.millstream.wire.message.DescribeConfigs;
import io.millstream.wire.message.IncrementalAlterConfigs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Answers AlterConfigs and IncrementalAlterConfigs, for topics, this broker and all brokers: when ZooKeeper has the new
 * settings and this broker uses them.
 */
public final class AlterConfigsHandler {

    /** How long an answer waits for this broker to use what ZooKeeper has already. */
    private static final long EFFECT_MILLIS = 5_000;

    private static final String TWICE = "The request names this resource twice";

    private final ServedCluster served;
    private final Reconfiguration reconfiguration;

    public AlterConfigsHandler(ServedCluster served, Reconfiguration reconfiguration) {
        this.served = served;
        this.reconfiguration = reconfiguration;
    }

    /** @param edit what is asked for, by the rules of the resource */
    private record Wish(byte type, String name, Function<SettingSteps, Edit> edit) {}

    /** Answers AlterConfigs. */
    public CompletionStage<? extends ResponseBody> replace(RequestContext context, AlterConfigs.Request request) {
        List<Wish> wishes = request.resources().stream()
                .map(each -> new Wish(each.type(), each.name(), steps -> steps.replace(each.settings())))
                .toList();
        return alter(context, wishes, request.validateOnly())
                .thenApply(altered -> new AlterConfigs.Response(0, altered));
    }

    /** Answers IncrementalAlterConfigs. */
    public CompletionStage<? extends ResponseBody> change(
            RequestContext context, IncrementalAlterConfigs.Request request) {
        List<Wish> wishes = request.resources().stream()
                .map(each -> new Wish(each.type(), each.name(), steps -> steps.change(each.steps())))
                .toList();
        return alter(context, wishes, request.validateOnly())
                .thenApply(altered -> new IncrementalAlterConfigs.Response(0, altered));
    }

    private CompletableFuture<List<Altered>> alter(RequestContext context, List<Wish> wishes, boolean validateOnly) {
        Deadline deadline = new Deadline(context, EFFECT_MILLIS);
        Set<String> seen = new HashSet<>();
        List<CompletableFuture<Altered>> alterations = new ArrayList<>();
        for (Wish wish : wishes) {
            if (!seen.add(wish.type() + " " + wish.name())) {
                alterations.add(failed(wish, ErrorCode.INVALID_REQUEST, TWICE));
            } else {
                alterations.add(alter(wish, validateOnly ? Mode.CHECK : Mode.CHANGE, deadline));
            }
        }
        return Deadline.all(alterations);
    }

    private CompletableFuture<Altered> alter(Wish wish, Mode mode, Deadline deadline) {
        return switch (wish.type()) {
            case DescribeConfigs.TOPIC -> alterTopic(wish, mode, deadline);
            case DescribeConfigs.BROKER -> alterBroker(wish, mode, deadline);
            default ->
                failed(wish, ErrorCode.INVALID_REQUEST, "Resources of type " + wish.type() + " have no settings");
        };
    }

    private CompletableFuture<Altered> alterTopic(Wish wish, Mode mode, Deadline deadline) {
        String objection = TopicName.objection(wish.name()).orElse(null);
        if (objection != null) {
            return failed(wish, ErrorCode.INVALID_TOPIC_EXCEPTION, objection);
        }
        TopicName topic = new TopicName(wish.name());
        Edit edit = current -> wish.edit()
                .apply(new SettingSteps(new OfTopic(served.config())))
                .apply(current);
        return reconfiguration
                .change(new Subject.Topic(topic), edit, mode)
                .thenCompose(outcome -> inEffect(
                        wish,
                        outcome,
                        deadline,
                        cluster -> !cluster.topics().containsKey(topic)
                                || outcome.value() <= version(cluster.configs().get(topic))));
    }

    private CompletableFuture<Altered> alterBroker(Wish wish, Mode mode, Deadline deadline) {
        Optional<String> stranger = served.strangerAmongBrokers(wish.name());
        if (stranger.isPresent()) {
            return failed(wish, ErrorCode.INVALID_REQUEST, stranger.get());
        }
        boolean ofAll = wish.name().isEmpty();
        OptionalInt broker = ofAll ? OptionalInt.empty() : OptionalInt.of(served.brokerId());
        Layer layer = ofAll ? Layer.CLUSTER : Layer.BROKER;
        Edit edit = current -> wish.edit()
                .apply(new SettingSteps(new OfBroker(served.config(), layer)))
                .apply(current);
        return reconfiguration
                .change(new Subject.Broker(broker), edit, mode)
                .thenCompose(outcome -> inEffect(
                        wish,
                        outcome,
                        deadline,
                        cluster -> outcome.value()
                                <= version(cluster.overrides().of(broker).orElse(null))));
    }

    private static int version(Versioned<?> settings) {
        return settings == null ? -1 : settings.version();
    }

    private CompletableFuture<Altered> inEffect(
            Wish wish, Outcome<Integer> outcome, Deadline deadline, Predicate<ClusterState> condition) {
        if (outcome.isRefused()) {
            Refusal refusal = outcome.refusal();
            return failed(wish, ServedCluster.errorOf(refusal), refusal.message());
        }
        Altered done = new Altered(ErrorCode.NONE, null, wish.type(), wish.name());
        return deadline.within(
                served.view().await(condition).thenApply(seen -> done),
                () -> done); // it is in ZooKeeper; that this broker is slow to use it is no failure
    }

    private static CompletableFuture<Altered> failed(Wish wish, ErrorCode error, String message) {
        return CompletableFuture.completedFuture(new Altered(error, message, wish.type(), wish.name()));
    }
}
