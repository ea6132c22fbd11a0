package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.Setting;
import io.millstream.broker.config.TopicConfig;
import io.millstream.wire.message.DescribeConfigs;
import java.util.ArrayList;
import java.util.List;

/** Settings as DescribeConfigs shows them: value, where it comes from, and what else it could come from. */
final class ConfigEntries {

    private ConfigEntries() {}

    /** Where the value of a topic's setting comes from. */
    static byte source(TopicConfig topic, BrokerConfig broker, Setting<?> setting) {
        if (topic.isGiven(setting)) {
            return DescribeConfigs.FROM_TOPIC;
        }
        boolean given = TopicConfig.synonyms(setting).stream().anyMatch(broker::isGiven);
        return given ? DescribeConfigs.FROM_FILE : DescribeConfigs.FROM_DEFAULT;
    }

    /** Where the value of a broker's setting comes from. */
    static byte source(BrokerConfig broker, Setting<?> setting) {
        return broker.isGiven(setting) ? DescribeConfigs.FROM_FILE : DescribeConfigs.FROM_DEFAULT;
    }

    /** Everything the value of a topic's setting could come from, what decides first in front. */
    static List<DescribeConfigs.Synonym> synonyms(TopicConfig topic, BrokerConfig broker, Setting<?> setting) {
        List<DescribeConfigs.Synonym> synonyms = new ArrayList<>();
        if (topic.isGiven(setting)) {
            synonyms.add(new DescribeConfigs.Synonym(setting.name(), topic.text(setting), DescribeConfigs.FROM_TOPIC));
        }
        TopicConfig.synonyms(setting).forEach(synonym -> addGiven(synonyms, broker, synonym));
        TopicConfig.synonyms(setting).forEach(synonym -> addDefault(synonyms, synonym));
        return synonyms;
    }

    /** Everything the value of a broker's setting could come from, what decides first in front. */
    static List<DescribeConfigs.Synonym> synonyms(BrokerConfig broker, Setting<?> setting) {
        List<DescribeConfigs.Synonym> synonyms = new ArrayList<>();
        addGiven(synonyms, broker, setting);
        addDefault(synonyms, setting);
        return synonyms;
    }

    private static void addGiven(List<DescribeConfigs.Synonym> synonyms, BrokerConfig broker, Setting<?> setting) {
        if (broker.isGiven(setting)) {
            synonyms.add(new DescribeConfigs.Synonym(setting.name(), broker.text(setting), DescribeConfigs.FROM_FILE));
        }
    }

    private static void addDefault(List<DescribeConfigs.Synonym> synonyms, Setting<?> setting) {
        if (setting.defaultText() != null) {
            synonyms.add(
                    new DescribeConfigs.Synonym(setting.name(), setting.defaultText(), DescribeConfigs.FROM_DEFAULT));
        }
    }

    static DescribeConfigs.Type type(Setting<?> setting) {
        return DescribeConfigs.Type.valueOf(setting.type().name());
    }
}
