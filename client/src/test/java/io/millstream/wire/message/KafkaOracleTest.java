package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message of every version, against what Kafka's own client makes of the same bytes. */
class KafkaOracleTest {

    private static final int ROUNDS = 200;

    static Stream<Message> kafkas() {
        return Message.kafkas();
    }

    @ParameterizedTest
    @MethodSource("kafkas")
    void whatKafkaWritesIsReadAndWrittenBackByteForByte(Message kind) {
        for (long seed = 0; seed < ROUNDS; seed++) {
            byte[] random = new RandomKafkaBytes(new RandomValues(seed)).next(KafkaSide.schema(kind));
            byte[] kafkas = KafkaSide.write(KafkaSide.read(kind, random), kind.version());

            Object ours = kind.read(kafkas);

            assertThat(kind.write(ours)).as("seed %s", seed).isEqualTo(kafkas);
        }
    }
}
