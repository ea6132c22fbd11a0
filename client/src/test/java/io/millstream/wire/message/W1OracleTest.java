package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W1: every message of every version spoken, against what Kafka's own client makes of the same bytes. To replay a failure,
 * set {@link #FIRST_SEED} to the seed it names and {@link #ROUNDS} to 1.
 */
class W1OracleTest {

    private static final long FIRST_SEED = 0;
    private static final int ROUNDS = 100;

    static Stream<Message> kafkas() {
        return Message.kafkas();
    }

    @ParameterizedTest
    @MethodSource("kafkas")
    void whatKafkaWritesIsReadAndWrittenBackByteForByte(Message kind) throws Exception {
        SameFields sameFields = new SameFields(kind.version());
        forEachSeed((seed, random) -> {
            byte[] bytes = new RandomKafkaBytes(random, RandomKafkaBytes.Tags.SPOKEN).next(KafkaSide.schema(kind));
            ApiMessage kafkas = KafkaSide.read(kind, bytes);
            byte[] written = KafkaSide.write(kafkas, kind.version());

            Record ours = kind.read(written);

            sameFields.check(ours, kafkas);
            assertThat(kind.write(ours)).isEqualTo(written);
        });
    }

    @ParameterizedTest
    @MethodSource("kafkas")
    void whatWeWriteIsReadByKafkaAndWrittenBackByteForByte(Message kind) throws Exception {
        SameFields sameFields = new SameFields(kind.version());
        forEachSeed((seed, random) -> {
            Record ours = new RandomMessages(random).next(kind);

            byte[] written = kind.write(ours);

            ApiMessage kafkas = KafkaSide.read(kind, written);
            Record again = kind.read(written);
            sameFields.check(again, kafkas);
            assertThat(KafkaSide.write(kafkas, kind.version())).isEqualTo(written);
            assertThat(kind.write(again)).isEqualTo(written);
            if (kind.version() == kind.key().max()) {
                assertThat(again).isEqualTo(ours); // older versions drop what they cannot say
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kafkas")
    void taggedFieldsThatAreNotSpokenAreSkippedWhereverTheyAre(Message kind) throws Exception {
        SameFields sameFields = new SameFields(kind.version());
        forEachSeed((seed, random) -> {
            byte[] bytes = new RandomKafkaBytes(random, RandomKafkaBytes.Tags.MANY).next(KafkaSide.schema(kind));

            Record ours = kind.read(bytes);

            sameFields.check(ours, KafkaSide.read(kind, bytes));
        });
    }

    @ParameterizedTest
    @EnumSource(ApiKey.class)
    void theTableAgreesWithKafkas(ApiKey key) {
        if (key == ApiKey.DESCRIBE_RANGES) {
            assertThat(ApiKeys.hasId(key.id())).isFalse();
            return;
        }
        ApiMessageType kafkas = ApiMessageType.fromApiKey(key.id());
        assertThat(kafkas.name()).isEqualTo(key.name());
        assertThat(key.min()).as("floor").isEqualTo(kafkas.lowestSupportedVersion());
        for (short version = key.min(); version <= key.max(); version++) {
            assertThat(key.flexible(version)).isEqualTo(kafkas.requestHeaderVersion(version) == 2);
            assertThat(key.flexibleResponseHeader(version)).isEqualTo(kafkas.responseHeaderVersion(version) == 1);
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void errorCodesAreKafkas(ErrorCode error) {
        assertThat(Errors.forCode(error.code()).name()).isEqualTo(error.name());
    }

    /** Up to transactions and groups, Kafka's errors are all here but those of delegation tokens. */
    @ParameterizedTest
    @EnumSource(Errors.class)
    void errorsThatTheApisSpokenMayAnswerAreKnown(Errors kafkas) {
        boolean ofTokens = kafkas.name().startsWith("DELEGATION_TOKEN") || kafkas == Errors.INVALID_PRINCIPAL_TYPE;
        if (kafkas.code() <= Errors.FEATURE_UPDATE_FAILED.code() && !ofTokens) {
            assertThat(ErrorCode.of(kafkas.code()).code()).isEqualTo(kafkas.code());
        }
    }

    @Test
    void anErrorCodeNotKnownHereIsUnexpected() {
        short newest = Arrays.stream(Errors.values())
                .map(Errors::code)
                .max(Short::compare)
                .orElseThrow();

        assertThat(ErrorCode.of((short) (newest + 1))).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    private interface Round {
        void run(long seed, RandomValues random) throws Exception;
    }

    private static void forEachSeed(Round round) throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            try {
                round.run(seed, new RandomValues(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("With seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
