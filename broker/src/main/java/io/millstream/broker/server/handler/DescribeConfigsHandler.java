package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerConfig.Layer;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.DynamicSettings;
import io.millstream.broker.config.Setting;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.DescribeConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

/** Answers DescribeConfigs for topics, this broker and all brokers. Nothing of it is sensitive so far. */
public final class DescribeConfigsHandler implements Handler<DescribeConfigs.Request> {

    private final ServedCluster served;

    public DescribeConfigsHandler(ServedCluster served) {
        this.served = served;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, DescribeConfigs.Request request) {
        return served.known(context)
                .thenApply(cluster -> new DescribeConfigs.Response(
                        0,
                        request.resources().stream()
                                .map(resource -> describe(resource, request, cluster))
                                .toList()));
    }

    private DescribeConfigs.Described describe(
            DescribeConfigs.Resource resource, DescribeConfigs.Request request, ClusterState cluster) {
        return switch (resource.type()) {
            case DescribeConfigs.TOPIC -> describeTopic(resource, request, cluster);
            case DescribeConfigs.BROKER -> describeBroker(resource, request);
            default -> refused(resource, ErrorCode.INVALID_REQUEST, "Only topics and brokers have settings here");
        };
    }

    private DescribeConfigs.Described describeTopic(
            DescribeConfigs.Resource resource, DescribeConfigs.Request request, ClusterState cluster) {
        if (TopicName.objection(resource.name()).isPresent()) {
            String objection = TopicName.objection(resource.name()).get();
            return refused(resource, ErrorCode.INVALID_TOPIC_EXCEPTION, objection);
        }
        TopicName name = new TopicName(resource.name());
        if (!cluster.topics().containsKey(name)) {
            return refused(resource, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic " + name);
        }
        BrokerConfig broker = served.config();
        // What this release does not know was logged when the topic's settings were read.
        TopicConfig topic = TopicConfig.stored(cluster.config(name), broker, objection -> {});
        return answer(
                resource,
                TopicConfig.TABLE.all().stream(),
                setting -> new DescribeConfigs.Config(
                        setting.name(),
                        topic.text(setting),
                        false,
                        ConfigEntries.source(topic, broker, setting),
                        false,
                        request.synonyms() ? ConfigEntries.synonyms(topic, broker, setting) : List.of(),
                        ConfigEntries.type(setting),
                        request.documentation() ? setting.doc() : null));
    }

    private DescribeConfigs.Described describeBroker(
            DescribeConfigs.Resource resource, DescribeConfigs.Request request) {
        Optional<String> stranger = served.strangerAmongBrokers(resource.name());
        if (stranger.isPresent()) {
            return refused(resource, ErrorCode.INVALID_REQUEST, stranger.get());
        }
        BrokerConfig broker = served.config();
        return resource.name().isEmpty()
                ? describeAll(resource, request, broker)
                : answer(
                        resource,
                        BrokerSettings.TABLE.all().stream(),
                        setting -> new DescribeConfigs.Config(
                                setting.name(),
                                broker.text(setting),
                                !DynamicSettings.contains(setting),
                                ConfigEntries.source(broker, setting),
                                false,
                                request.synonyms() ? ConfigEntries.synonyms(broker, setting) : List.of(),
                                ConfigEntries.type(setting),
                                request.documentation() ? setting.doc() : null));
    }

    /** What was set for all brokers, and nothing else: the rest is each broker's own matter. */
    private static DescribeConfigs.Described describeAll(
            DescribeConfigs.Resource resource, DescribeConfigs.Request request, BrokerConfig broker) {
        Map<String, String> set = broker.overrides(Layer.CLUSTER);
        return answer(
                resource,
                BrokerSettings.TABLE.all().stream().filter(setting -> set.containsKey(setting.name())),
                setting -> {
                    String text = set.get(setting.name());
                    DescribeConfigs.Synonym itself =
                            new DescribeConfigs.Synonym(setting.name(), text, DescribeConfigs.FROM_ALL_BROKERS);
                    return new DescribeConfigs.Config(
                            setting.name(),
                            text,
                            false,
                            DescribeConfigs.FROM_ALL_BROKERS,
                            false,
                            request.synonyms() ? List.of(itself) : List.of(),
                            ConfigEntries.type(setting),
                            request.documentation() ? setting.doc() : null);
                });
    }

    private static DescribeConfigs.Described answer(
            DescribeConfigs.Resource resource,
            Stream<Setting<?>> settings,
            Function<Setting<?>, DescribeConfigs.Config> entry) {
        List<DescribeConfigs.Config> configs = settings.filter(setting ->
                        resource.settings() == null || resource.settings().contains(setting.name()))
                .map(entry)
                .toList();
        return new DescribeConfigs.Described(ErrorCode.NONE, null, resource.type(), resource.name(), configs);
    }

    private static DescribeConfigs.Described refused(
            DescribeConfigs.Resource resource, ErrorCode error, String message) {
        return new DescribeConfigs.Described(error, message, resource.type(), resource.name(), List.of());
    }
}
