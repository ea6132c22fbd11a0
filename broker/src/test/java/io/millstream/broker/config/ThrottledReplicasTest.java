package io.millstream.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ThrottledReplicasTest {

    private static final BrokerConfig BROKER =
            BrokerConfig.of(Map.of("zookeeper.connect", "localhost:2181", "log.dirs", "/data"));

    private static ThrottledReplicas of(String text) {
        return TopicConfig.of(Map.of("leader.replication.throttled.replicas", text), BROKER)
                .get(TopicConfig.LEADER_REPLICATION_THROTTLED_REPLICAS);
    }

    @Test
    void someAllOrNone() {
        assertThat(of("0:1, 3:12").contains(0, 1)).isTrue();
        assertThat(of("0:1, 3:12").contains(3, 12)).isTrue();
        assertThat(of("0:1, 3:12").contains(1, 1)).isFalse();
        assertThat(of("*").contains(7, 7)).isTrue();
        assertThat(of("").contains(0, 0)).isFalse();
    }

    @Test
    void byDefaultThereAreNoneAndNoBrokerSaysOtherwise() {
        TopicConfig topic = TopicConfig.of(Map.of(), BROKER);

        assertThat(topic.text(TopicConfig.FOLLOWER_REPLICATION_THROTTLED_REPLICAS))
                .isEmpty();
        assertThat(topic.get(TopicConfig.FOLLOWER_REPLICATION_THROTTLED_REPLICAS)
                        .contains(0, 1))
                .isFalse();
        assertThat(TopicConfig.synonyms(TopicConfig.FOLLOWER_REPLICATION_THROTTLED_REPLICAS))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "0", "0:", "0:1,", ",0:1", "-1:1", "0:1:2", "*,0:1", "0:99999999999"})
    void whatIsWrittenInAnotherWayIsRefused(String text) {
        assertThatThrownBy(() -> of(text))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("leader.replication.throttled.replicas=" + text
                        + " is not allowed; allowed: PARTITION:BROKER, separated by commas, or * for all replicas, or"
                        + " nothing");
    }

    @Test
    void ratesOfBrokersCanChangeAndAreNeverNothing() {
        assertThat(DynamicSettings.contains(ReplicationSettings.LEADER_REPLICATION_THROTTLED_RATE))
                .isTrue();
        assertThat(DynamicSettings.contains(ReplicationSettings.FOLLOWER_REPLICATION_THROTTLED_RATE))
                .isTrue();
        assertThatThrownBy(() -> DynamicSettings.check("follower.replication.throttled.rate", "0"))
                .hasMessageContaining("allowed: a whole number of at least 1");
    }
}
