package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.ReplicationSettings;
import io.millstream.broker.config.Setting;
import io.millstream.broker.config.ThrottledReplicas;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import java.util.HashMap;
import java.util.Map;

/**
 * How fast replicas that are not in sync may be copied, to this broker and from it: by the rates that are set for the broker,
 * of the replicas that are listed in their topics' settings (KIP-73). Safe for use by several threads.
 */
final class ReplicationLimits {

    private final ReplicationThrottle fromLeaders;
    private final ReplicationThrottle toFollowers;

    ReplicationLimits(Clock clock) {
        fromLeaders = new ReplicationThrottle(clock);
        toFollowers = new ReplicationThrottle(clock);
    }

    /** Bounds what this broker takes. */
    ReplicationThrottle fromLeaders() {
        return fromLeaders;
    }

    /** Bounds what this broker gives. */
    ReplicationThrottle toFollowers() {
        return toFollowers;
    }

    /** Goes by these settings from now on. */
    synchronized void follow(BrokerConfig broker, ClusterState cluster) {
        limit(
                toFollowers,
                broker,
                cluster,
                ReplicationSettings.LEADER_REPLICATION_THROTTLED_RATE,
                TopicConfig.LEADER_REPLICATION_THROTTLED_REPLICAS);
        limit(
                fromLeaders,
                broker,
                cluster,
                ReplicationSettings.FOLLOWER_REPLICATION_THROTTLED_RATE,
                TopicConfig.FOLLOWER_REPLICATION_THROTTLED_REPLICAS);
    }

    private static void limit(
            ReplicationThrottle throttle,
            BrokerConfig broker,
            ClusterState cluster,
            Setting<Long> rate,
            Setting<ThrottledReplicas> replicas) {
        Map<TopicName, ThrottledReplicas> listed = new HashMap<>();
        cluster.configs().forEach((topic, settings) -> {
            if (settings.value().config().containsKey(replicas.name())) {
                // What is refused in a topic's settings counts as not said; whoever plays its roles logs it.
                TopicConfig config = TopicConfig.stored(settings.value().config(), broker, objection -> {});
                listed.put(topic, config.get(replicas));
            }
        });
        int own = broker.get(BrokerSettings.BROKER_ID);
        throttle.limit(broker.get(rate), id -> {
            ThrottledReplicas ofTopic = listed.get(id.topic());
            return ofTopic != null && ofTopic.contains(id.partition(), own);
        });
    }
}
