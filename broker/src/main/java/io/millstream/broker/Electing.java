package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.Controller;
import io.millstream.broker.controller.ElectionRules;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How a broker elects leaders while it is the controller, by its configuration and the topics' own. */
final class Electing {

    private Electing() {}

    /** What topics say, and this broker where they say nothing. What is refused in a topic's settings counts as not said. */
    static ElectionRules.Source rules(LiveConfig config) {
        return (cluster, topic) -> {
            TopicConfig settings = TopicConfig.stored(cluster.config(topic), config.current(), objection -> {});
            return new ElectionRules(
                    settings.get(TopicConfig.MIN_INSYNC_REPLICAS),
                    settings.get(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE));
        };
    }

    static Controller.Settings settings(LiveConfig live) {
        BrokerConfig config = live.file();
        Controller.Rebalance rebalance = new Controller.Rebalance(
                TimeUnit.SECONDS.toMillis(config.get(BrokerSettings.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS)),
                config.get(BrokerSettings.LEADER_IMBALANCE_PER_BROKER_PERCENTAGE));
        return new Controller.Settings(
                rules(live),
                config.get(BrokerSettings.AUTO_LEADER_REBALANCE_ENABLE) ? Optional.of(rebalance) : Optional.empty());
    }
}
