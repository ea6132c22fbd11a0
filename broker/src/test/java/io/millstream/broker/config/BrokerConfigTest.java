package io.millstream.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BrokerConfigTest {

    private static BrokerConfig config(String... more) {
        Map<String, String> given = new HashMap<>(Map.of("zookeeper.connect", "localhost:2181", "log.dirs", "/data"));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return BrokerConfig.of(given);
    }

    @Test
    void everyDefaultIsAnAllowedValueAndEveryRowIsDocumented() {
        for (Setting<?> setting : BrokerSettings.TABLE.all()) {
            assertThat(setting.doc()).as(setting.name()).endsWith(".");
            assertThat(setting.allowed()).as(setting.name()).isNotBlank();
            Object value = setting.parse(setting.defaultText());
            assertThat(value == null).as(setting.name()).isEqualTo(setting.defaultText() == null);
        }
        for (Setting<?> setting : TopicConfig.TABLE.all()) {
            String text = TopicConfig.of(Map.of(), config()).text(setting);
            assertThat((Object) setting.parse(text)).as(setting.name()).isNotNull();
        }
    }

    @Test
    void whatIsGivenWinsOverTheDefault() {
        // when
        BrokerConfig config = config("num.partitions", " 6 ", "auto.create.topics.enable", "false");

        // then
        assertThat(config.get(BrokerSettings.NUM_PARTITIONS)).isEqualTo(6);
        assertThat(config.get(BrokerSettings.AUTO_CREATE_TOPICS_ENABLE)).isFalse();
        assertThat(config.get(BrokerSettings.DEFAULT_REPLICATION_FACTOR)).isEqualTo(1);
        assertThat(config.isGiven(BrokerSettings.NUM_PARTITIONS)).isTrue();
        assertThat(config.isGiven(BrokerSettings.DEFAULT_REPLICATION_FACTOR)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.hour, log.retention.hours",
        "num.partition, num.partitions",
        "zookeeper.conect, zookeeper.connect",
        "auto.create.topic.enable, auto.create.topics.enable"
    })
    void anUnknownKeyIsRefusedWithTheOneThatWasMeant(String wrong, String meant) {
        assertThatThrownBy(() -> config(wrong, "1"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("There is no setting " + wrong + "; did you mean " + meant + "?");
    }

    @Test
    void anUnknownKeyLikeNoOtherIsRefusedWithoutASuggestion() {
        assertThatThrownBy(() -> config("xyz", "1")).hasMessage("There is no setting xyz");
    }

    @Test
    void aKeyThatKafkaHasAndThisBrokerCannotHaveIsRefusedWithTheWayOut() {
        assertThatThrownBy(() -> config("process.roles", "broker")).hasMessageContaining("zookeeper.connect");
        assertThatThrownBy(() -> config("node.id", "1")).hasMessageContaining("broker.id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.partitions | 0 | a whole number from 1 to 100000",
                "num.partitions | many | a whole number from 1 to 100000",
                "log.retention.bytes | -2 | a whole number of at least -1",
                "auto.create.topics.enable | yes | true or false",
                "log.message.timestamp.type | Create | CreateTime or LogAppendTime",
                "log.cleanup.policy | compacted | delete, compact, or several",
                "log.cleaner.min.cleanable.ratio | 1.1 | a number from 0.0 to 1.0",
                "log.cleaner.io.max.bytes.per.second | 0 | a number of at least 1.0",
                "log.cleaner.dedupe.buffer.size | 1000 | at least 1048576",
                "log.cleaner.min.compaction.lag.ms | 9223372036854775808 | a whole number of at least 0",
                "listeners | 9092 | NAME://HOST:PORT",
                "advertised.listeners | PLAINTEXT://0.0.0.0:9092 | clients can connect to",
                "max.connections.per.ip.overrides | host | HOST:NUMBER",
                "max.connections.per.ip.overrides | a:1,a:2 | HOST:NUMBER",
                "max.connections.per.ip.overrides | a:-1 | HOST:NUMBER",
                "log.dirs | /a,,/b | directories"
            })
    void aBadValueIsRefusedWithKeyValueAndWhatIsAllowed(String key, String value, String allowed) {
        assertThatThrownBy(() -> config(key, value))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(key + "=" + value)
                .hasMessageContaining(allowed);
    }

    @Test
    void whatHasNoDefaultMustBeGiven() {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("log.dirs", "/data")))
                .hasMessageContaining("zookeeper.connect is missing");
    }

    @Test
    void aFinerUnitOfTimeWinsOverACoarserOne() {
        assertThat(config().retentionMillis()).isEqualTo(7 * 24 * 3_600_000L);
        assertThat(config("log.retention.hours", "2").retentionMillis()).isEqualTo(7_200_000);
        assertThat(config("log.retention.hours", "2", "log.retention.minutes", "3")
                        .retentionMillis())
                .isEqualTo(180_000);
        assertThat(config("log.retention.minutes", "3", "log.retention.ms", "5").retentionMillis())
                .isEqualTo(5);
        assertThat(config("log.retention.hours", "-1").retentionMillis()).isEqualTo(-1);
    }

    @Test
    void aTopicHasItsOwnValuesAndTheBrokersForTheRest() {
        // given
        BrokerConfig broker = config("log.retention.hours", "1", "log.segment.bytes", "2048");

        // when
        var topic = TopicConfig.of(Map.of("segment.bytes", "4096"), broker);

        // then
        assertThat(topic.get(TopicConfig.SEGMENT_BYTES)).isEqualTo(4096);
        assertThat(topic.get(TopicConfig.RETENTION_MS)).isEqualTo(3_600_000);
        assertThat(topic.get(TopicConfig.MAX_MESSAGE_BYTES)).isEqualTo(1_048_588);
    }

    @Test
    void aCleanupPolicyIsOneOrBothInAnyOrderAndNothingElse() {
        for (String both : List.of("compact,delete", "delete, compact")) {
            assertThat(TopicConfig.of(Map.of("cleanup.policy", both), config()).get(TopicConfig.CLEANUP_POLICY))
                    .containsExactlyInAnyOrder("compact", "delete");
        }
        for (String wrong : List.of("", "compact,", "compact,compact", "Compact", "none")) {
            assertThatThrownBy(() -> TopicConfig.of(Map.of("cleanup.policy", wrong), config()))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("allowed: delete, compact, or several with commas between");
        }
    }

    @Test
    void theLeastCompactionLagMustNotExceedTheMost() {
        assertThatThrownBy(() ->
                        TopicConfig.of(Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "9"), config()))
                .hasMessage(
                        "min.compaction.lag.ms=10 is not allowed; allowed: at most max.compaction.lag.ms, which is 9");
        assertThatThrownBy(() ->
                        config("log.cleaner.min.compaction.lag.ms", "10", "log.cleaner.max.compaction.lag.ms", "9"))
                .isInstanceOf(InvalidConfigException.class);
        var objections = new java.util.ArrayList<String>();

        var stored = TopicConfig.stored(
                Map.of("min.compaction.lag.ms", "10"),
                config("log.cleaner.max.compaction.lag.ms", "9"),
                e -> objections.add(e.getMessage()));

        assertThat(objections).hasSize(1);
        assertThat(stored.get(TopicConfig.MIN_COMPACTION_LAG_MS)).isEqualTo(10);
        assertThat(stored.get(TopicConfig.MAX_COMPACTION_LAG_MS)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatAnotherReleaseStoredForATopicIsLeftOutAndReported() {
        // given
        Map<String, String> stored = Map.of("segment.bytes", "4096", "tomorrows.setting", "1", "retention.ms", "x");
        var objections = new java.util.ArrayList<String>();

        // when
        var topic = TopicConfig.stored(stored, config(), e -> objections.add(e.getMessage()));

        // then
        assertThat(topic.get(TopicConfig.SEGMENT_BYTES)).isEqualTo(4096);
        assertThat(objections).hasSize(2);
    }

    @Test
    void everyTopicSettingIsKafkasUnderItsName() throws IllegalAccessException {
        var known = new java.util.HashSet<String>();
        for (var field : org.apache.kafka.common.config.TopicConfig.class.getFields()) {
            if (field.getType() == String.class && field.getName().endsWith("_CONFIG")) {
                known.add((String) field.get(null));
            }
        }
        known.add(TopicConfig.FLUSH.name()); // Kafka has nothing like it
        known.add("leader.replication.throttled.replicas"); // Kafka has these among its quotas
        known.add("follower.replication.throttled.replicas");
        assertThat(known)
                .containsAll(TopicConfig.TABLE.all().stream().map(Setting::name).toList());
    }

    @Test
    void whatWasSetAtRunTimeComesFirstAndWhatCannotBeHadIsLeftOut() {
        // given
        BrokerConfig file = config("log.retention.hours", "2", "message.max.bytes", "100");
        List<String> objections = new ArrayList<>();

        // when
        BrokerConfig config = file.overridden(
                Map.of("message.max.bytes", "300", "num.partitions", "9", "log.cleaner.threads", "x"),
                Map.of("message.max.bytes", "200", "log.retention.ms", "5", "unheard.of", "1"),
                objection -> objections.add(objection.getMessage()));

        // then
        assertThat(config.get(BrokerSettings.MESSAGE_MAX_BYTES)).isEqualTo(300);
        assertThat(config.retentionMillis()).isEqualTo(5);
        assertThat(config.get(BrokerSettings.NUM_PARTITIONS)).isEqualTo(1);
        assertThat(config.text(BrokerSettings.MESSAGE_MAX_BYTES, BrokerConfig.Layer.CLUSTER))
                .hasValue("200");
        assertThat(config.text(BrokerSettings.MESSAGE_MAX_BYTES, BrokerConfig.Layer.FILE))
                .hasValue("100");
        assertThat(objections).hasSize(3).anyMatch(each -> each.startsWith("num.partitions cannot be changed"));
        assertThat(config.overridden(Map.of(), Map.of(), objection -> {}).get(BrokerSettings.MESSAGE_MAX_BYTES))
                .isEqualTo(100);
    }

    @Test
    void whatDoesNotAgreeWithTheRestIsLeftOut() {
        // given
        BrokerConfig file = config("log.cleaner.threads", "4", "log.cleaner.max.compaction.lag.ms", "1000");
        List<String> objections = new ArrayList<>();

        // when
        BrokerConfig config = file.overridden(
                Map.of("log.cleaner.dedupe.buffer.size", "3000000", "log.cleaner.backoff.ms", "7"),
                Map.of("log.cleaner.min.compaction.lag.ms", "2000"),
                objection -> objections.add(objection.getMessage()));

        // then
        assertThat(config.get(BrokerSettings.LOG_CLEANER_DEDUPE_BUFFER_SIZE)).isEqualTo(134_217_728);
        assertThat(config.get(BrokerSettings.LOG_CLEANER_MIN_COMPACTION_LAG_MS)).isZero();
        assertThat(config.get(BrokerSettings.LOG_CLEANER_BACKOFF_MS)).isEqualTo(7);
        assertThat(objections).hasSize(2);
    }

    /** What Kafka changes at run time and what it does not (KIP-226), of what there is here. */
    @Test
    void theSettingsThatCanChangeAreKafkasAndThoseOfTopics() {
        assertThat(BrokerSettings.TABLE.all().stream()
                        .filter(DynamicSettings::contains)
                        .map(Setting::name))
                .contains("log.retention.ms", "log.retention.bytes", "log.cleaner.threads", "max.connections")
                .doesNotContain("log.retention.hours", "log.dirs", "num.partitions", "zookeeper.connect", "listeners");
    }
}
