package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.serde.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one learns of a record that cannot be decoded. */
final class PoisonRecordTest {

    private static final TopicPartition CLICKS_3 = new TopicPartition("clicks", 3);

    private final FakeRegistry registry = new FakeRegistry();
    private final AvroDeserializer<GenericRecord> deserializer = AvroDeserializer.asWritten(registry);

    @BeforeEach
    void aSchema() {
        registry.register(
                "any",
                SchemaText.parse(
                        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":\"string\"}]}"),
                false);
    }

    private static Record record(byte[] key, byte[] value) {
        return new Record(42, 0, key, value, List.of());
    }

    @Test
    void aRecordIsNamedByTopicPartitionAndOffset() {
        byte[] json = "{\"user\":1}".getBytes(StandardCharsets.UTF_8);

        UndecodableException value = catchThrowableOfType(
                UndecodableException.class, () -> deserializer.value(CLICKS_3, record(null, json)));
        UndecodableException key =
                catchThrowableOfType(UndecodableException.class, () -> deserializer.key(CLICKS_3, record(json, null)));

        assertThat(value.reason()).isEqualTo(Reason.NOT_AVRO);
        assertThat(value)
                .hasMessage(
                        "Topic clicks, partition 3, offset 42: the value cannot be decoded: First byte is 123, not 0: "
                                + "not an Avro record with a schema id; it begins with 7b 22 75 73 65 72 22 3a 31 7d: JSON, by "
                                + "the look of it");
        assertThat(key).hasMessageStartingWith("Topic clicks, partition 3, offset 42: the key cannot be decoded: ");
    }

    @Test
    void aTombstoneIsNoPoison() throws UndecodableException {
        assertThat(deserializer.value(CLICKS_3, record(null, null))).isNull();
        assertThat(deserializer.key(CLICKS_3, record(null, null))).isNull();
        assertThat(deserializer.deserialize("clicks", RecordPart.VALUE, null)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                         | TOO_SHORT       | no bytes",
                "68656c6c6f                 | NOT_AVRO        | 68 65 6c 6c 6f: text, by the look of it",
                "5b315d                     | NOT_AVRO        | JSON, by the look of it",
                "4f626a0104                 | NOT_AVRO        | an Avro file",
                "c3010102030405060708       | NOT_AVRO        | single-object encoding",
                "000000000000002a           | UNKNOWN_ID      | perhaps a plain number of 8 bytes",
                "0000002a                   | TOO_SHORT       | perhaps a plain number of 4 bytes",
                "000000ffff0261             | UNKNOWN_ID      | No schema has the id 65535",
                "00000000010461             | CORRUPT         | At byte 6: 2 bytes claimed, 1 left",
                "0000000001026100           | TRAILING_BYTES  | 1 bytes are left",
                "ff00ff00ff00ff00ff00ff00ff | NOT_AVRO        | ff 00 ff 00 ff 00 ff 00 ff 00 ff 00 ...: written by something"
            })
    void whereOnlyTheTopicIsKnownTheBytesAndALikelyCauseAreSaid(String hex, String reason, String said) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        UndecodableException refused = catchThrowableOfType(
                UndecodableException.class, () -> deserializer.deserialize("clicks", RecordPart.VALUE, bytes));

        assertThat(refused.reason()).hasToString(reason);
        assertThat(refused).hasMessageStartingWith("Topic clicks: the value cannot be decoded: ");
        assertThat(refused.getMessage()).contains(said).doesNotContain("\n");
        assertThat(refused.getStackTrace()).isEmpty();
    }
}
