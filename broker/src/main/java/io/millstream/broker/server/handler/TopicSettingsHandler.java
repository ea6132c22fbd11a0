package io.millstream.broker.server.handler;

import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.controller.TopicReconfiguration;
import io.millstream.broker.controller.TopicReconfiguration.Edit;
import io.millstream.broker.controller.TopicReconfiguration.Mode;
import io.millstream.broker.server.RequestContext;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers AlterConfigs and IncrementalAlterConfigs, for topics: when ZooKeeper has the new settings and this broker uses
 * them.
 */
public final class TopicSettingsHandler {

    /** How long an answer waits for this broker to use what ZooKeeper has already. */
    private static final long EFFECT_MILLIS = 5_000;

    private static final String TWICE = "The request names the topic twice";
    private static final String BROKER =
            "A broker's settings cannot be changed while it runs: change its file and restart it";

    private final ServedCluster served;
    private final TopicReconfiguration reconfiguration;
    private final SettingSteps steps;

    public TopicSettingsHandler(ServedCluster served, TopicReconfiguration reconfiguration) {
        this.served = served;
        this.reconfiguration = reconfiguration;
        this.steps = new SettingSteps(served.config());
    }

    private record Wish(byte type, String name, Edit edit) {}

    /** Answers AlterConfigs. */
    public CompletionStage<? extends ResponseBody> replace(RequestContext context, AlterConfigs.Request request) {
        List<Wish> wishes = request.resources().stream()
                .map(each -> new Wish(each.type(), each.name(), steps.replace(each.settings())))
                .toList();
        return alter(context, wishes, request.validateOnly())
                .thenApply(altered -> new AlterConfigs.Response(0, altered));
    }

    /** Answers IncrementalAlterConfigs. */
    public CompletionStage<? extends ResponseBody> change(
            RequestContext context, IncrementalAlterConfigs.Request request) {
        List<Wish> wishes = request.resources().stream()
                .map(each -> new Wish(each.type(), each.name(), steps.change(each.steps())))
                .toList();
        return alter(context, wishes, request.validateOnly())
                .thenApply(altered -> new IncrementalAlterConfigs.Response(0, altered));
    }

    private CompletableFuture<List<Altered>> alter(RequestContext context, List<Wish> wishes, boolean validateOnly) {
        Deadline deadline = new Deadline(context, EFFECT_MILLIS);
        Set<String> seen = new HashSet<>();
        List<CompletableFuture<Altered>> alterations = new ArrayList<>();
        for (Wish wish : wishes) {
            if (wish.type() == DescribeConfigs.TOPIC && !seen.add(wish.name())) {
                alterations.add(failed(wish, ErrorCode.INVALID_REQUEST, TWICE));
            } else {
                alterations.add(alter(wish, validateOnly ? Mode.CHECK : Mode.CHANGE, deadline));
            }
        }
        return Deadline.all(alterations);
    }

    private CompletableFuture<Altered> alter(Wish wish, Mode mode, Deadline deadline) {
        if (wish.type() == DescribeConfigs.BROKER) {
            return failed(wish, ErrorCode.INVALID_REQUEST, BROKER);
        }
        if (wish.type() != DescribeConfigs.TOPIC) {
            return failed(wish, ErrorCode.INVALID_REQUEST, "Resources of type " + wish.type() + " have no settings");
        }
        String objection = TopicName.objection(wish.name()).orElse(null);
        if (objection != null) {
            return failed(wish, ErrorCode.INVALID_TOPIC_EXCEPTION, objection);
        }
        TopicName topic = new TopicName(wish.name());
        return reconfiguration
                .change(topic, wish.edit(), mode)
                .thenCompose(outcome -> inEffect(wish, topic, outcome, deadline));
    }

    private CompletableFuture<Altered> inEffect(
            Wish wish, TopicName topic, Outcome<Integer> outcome, Deadline deadline) {
        if (outcome.isRefused()) {
            Refusal refusal = outcome.refusal();
            return failed(wish, ServedCluster.errorOf(refusal), refusal.message());
        }
        Altered done = new Altered(ErrorCode.NONE, null, wish.type(), wish.name());
        return deadline.within(
                served.view()
                        .await(cluster -> {
                            Versioned<?> settings = cluster.configs().get(topic);
                            return outcome.value() <= (settings == null ? -1 : settings.version())
                                    || !cluster.topics().containsKey(topic);
                        })
                        .thenApply(seen -> done),
                () -> done); // it is in ZooKeeper; that this broker is slow to use it is no failure
    }

    private static CompletableFuture<Altered> failed(Wish wish, ErrorCode error, String message) {
        return CompletableFuture.completedFuture(new Altered(error, message, wish.type(), wish.name()));
    }
}
