package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which replicas are throttled, by the settings of broker 2 and of topics. */
final class ReplicationLimitsTest {

    private static final int MUCH = 1_000_000;

    private static final BrokerConfig FILE =
            BrokerConfig.of(Map.of("zookeeper.connect", "localhost:2181", "log.dirs", "/data", "broker.id", "2"));

    private final ReplicationLimits limits = new ReplicationLimits(Clock.system());

    private static BrokerConfig with(String... more) {
        Map<String, String> own = new TreeMap<>();
        for (int i = 0; i < more.length; i += 2) {
            own.put(more[i], more[i + 1]);
        }
        return FILE.overridden(own, Map.of(), objection -> {
            throw objection;
        });
    }

    private static ClusterState cluster(Map<String, SortedMap<String, String>> topics) {
        SortedMap<TopicName, Versioned<TopicSettings>> configs = new TreeMap<>();
        topics.forEach((name, config) ->
                configs.put(new TopicName(name), new Versioned<>(new TopicSettings(config), 0, 1, 0, 0)));
        return new ClusterState(
                Optional.empty(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                configs,
                new TreeMap<>(),
                ClusterState.Overrides.NONE);
    }

    private boolean isHeldGiving(String topic, int partition) {
        TopicPartition id = new TopicPartition(topic, partition);
        limits.toFollowers().took(id, MUCH);
        return limits.toFollowers().waitMillis(id) > 0;
    }

    private boolean isHeldTaking(String topic, int partition) {
        TopicPartition id = new TopicPartition(topic, partition);
        limits.fromLeaders().took(id, MUCH);
        return limits.fromLeaders().waitMillis(id) > 0;
    }

    @Test
    void eachSideHasItsRateAndItsListsOfReplicas() {
        // given
        ClusterState cluster = cluster(Map.of(
                "gives", new TreeMap<>(Map.of("leader.replication.throttled.replicas", "0:2,1:3")),
                "takes", new TreeMap<>(Map.of("follower.replication.throttled.replicas", "*")),
                "broken", new TreeMap<>(Map.of("leader.replication.throttled.replicas", "of another release")),
                "free", new TreeMap<>(Map.of("retention.ms", "1"))));

        // when only what it gives is bounded
        limits.follow(with("leader.replication.throttled.rate", "1000"), cluster);

        // then
        assertThat(isHeldGiving("gives", 0)).isTrue();
        assertThat(isHeldGiving("gives", 1)).as("of another broker").isFalse();
        assertThat(isHeldGiving("takes", 0)).isFalse();
        assertThat(isHeldGiving("broken", 0)).isFalse();
        assertThat(isHeldGiving("free", 0)).isFalse();
        assertThat(isHeldTaking("takes", 0)).isFalse();

        // when
        limits.follow(with("follower.replication.throttled.rate", "1000"), cluster);

        // then
        assertThat(isHeldGiving("gives", 0)).isFalse();
        assertThat(isHeldTaking("gives", 0)).isFalse();
        assertThat(isHeldTaking("takes", 5)).isTrue();

        // when
        limits.follow(with("follower.replication.throttled.rate", "1000"), cluster(Map.of()));

        // then
        assertThat(isHeldTaking("takes", 5)).isFalse();
    }
}
