package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerConfig.Layer;
import io.millstream.broker.config.Setting;
import io.millstream.broker.config.TopicConfig;
import io.millstream.wire.message.DescribeConfigs;
import io.millstream.wire.message.DescribeConfigs.Synonym;
import java.util.ArrayList;
import java.util.List;

/** Settings as DescribeConfigs shows them: value, where it comes from, and what else it could come from. */
final class ConfigEntries {

    private ConfigEntries() {}

    /** Where the value of a topic's setting comes from. */
    static byte source(TopicConfig topic, BrokerConfig broker, Setting<?> setting) {
        return topic.isGiven(setting)
                ? DescribeConfigs.FROM_TOPIC
                : source(given(broker, TopicConfig.synonyms(setting)));
    }

    /** Where the value of a broker's setting comes from. */
    static byte source(BrokerConfig broker, Setting<?> setting) {
        return source(given(broker, List.of(setting)));
    }

    private static byte source(List<Synonym> given) {
        return given.isEmpty() ? DescribeConfigs.FROM_DEFAULT : given.get(0).source();
    }

    /** Everything the value of a topic's setting could come from, what decides first in front. */
    static List<Synonym> synonyms(TopicConfig topic, BrokerConfig broker, Setting<?> setting) {
        List<Synonym> synonyms = new ArrayList<>();
        if (topic.isGiven(setting)) {
            synonyms.add(new Synonym(setting.name(), topic.text(setting), DescribeConfigs.FROM_TOPIC));
        }
        synonyms.addAll(given(broker, TopicConfig.synonyms(setting)));
        synonyms.addAll(defaults(TopicConfig.synonyms(setting)));
        return synonyms;
    }

    /** Everything the value of a broker's setting could come from, what decides first in front. */
    static List<Synonym> synonyms(BrokerConfig broker, Setting<?> setting) {
        List<Synonym> synonyms = new ArrayList<>(given(broker, List.of(setting)));
        synonyms.addAll(defaults(List.of(setting)));
        return synonyms;
    }

    private static List<Synonym> given(BrokerConfig broker, List<Setting<?>> settings) {
        List<Synonym> given = new ArrayList<>();
        for (Layer layer : Layer.values()) {
            for (Setting<?> setting : settings) {
                broker.text(setting, layer)
                        .ifPresent(text -> given.add(new Synonym(setting.name(), text, source(layer))));
            }
        }
        return given;
    }

    private static byte source(Layer layer) {
        return switch (layer) {
            case BROKER -> DescribeConfigs.FROM_BROKER;
            case CLUSTER -> DescribeConfigs.FROM_ALL_BROKERS;
            case FILE -> DescribeConfigs.FROM_FILE;
        };
    }

    private static List<Synonym> defaults(List<Setting<?>> settings) {
        return settings.stream()
                .filter(setting -> setting.defaultText() != null)
                .map(setting -> new Synonym(setting.name(), setting.defaultText(), DescribeConfigs.FROM_DEFAULT))
                .toList();
    }

    static DescribeConfigs.Type type(Setting<?> setting) {
        return DescribeConfigs.Type.valueOf(setting.type().name());
    }
}
