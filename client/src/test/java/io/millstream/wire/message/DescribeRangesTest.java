package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeRanges.Chunk;
import io.millstream.wire.message.DescribeRanges.Described;
import io.millstream.wire.message.DescribeRanges.Range;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The one API that nobody else knows: its bytes are pinned here, because brokers and jobs may be of different releases. */
class DescribeRangesTest {

    @Test
    void aRequestIsTheseBytes() {
        var request = new DescribeRanges.Request(
                List.of(new ByTopic<>("clicks", List.of(new Range(3, 5, 10, 1_000, 134_217_728)))));

        assertThat(hex(kind(Direction.REQUEST).write(request)))
                .isEqualTo(
                        "02" // topics
                                + "07" + "636c69636b73" // name
                                + "02" // partitions
                                + "00000003" + "00000005" // partition, leader epoch
                                + "000000000000000a" + "00000000000003e8" // from, to
                                + "0000000008000000" // target
                                + "00" + "00" + "00"); // tagged fields: partition, topic, message
    }

    @Test
    void aResponseIsTheseBytes() {
        var chunk = new Chunk(10, 134_217_999, 1_700_000_000_000L);
        var response = new DescribeRanges.Response(
                0, List.of(new ByTopic<>("clicks", List.of(new Described(3, ErrorCode.NONE, 1_000, List.of(chunk))))));

        assertThat(hex(kind(Direction.RESPONSE).write(response)))
                .isEqualTo(
                        "00000000" // throttle time
                                + "02" // topics
                                + "07" + "636c69636b73" // name
                                + "02" // partitions
                                + "00000003" + "0000" + "00000000000003e8" // partition, error, end
                                + "02" // chunks
                                + "000000000000000a" + "000000000800010f"
                                + "0000018bcfe56800" // offset, bytes, timestamp
                                + "00" + "00" + "00" + "00"); // tagged fields: chunk, partition, topic, message
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void whatIsWrittenIsReadBack(Direction direction) throws Exception {
        Message kind = kind(direction);
        for (long seed = 0; seed < 500; seed++) {
            Record message = new RandomMessages(new RandomValues(seed)).next(kind);

            assertThat(kind.read(kind.write(message))).as("seed %s", seed).isEqualTo(message);
        }
    }

    private static Message kind(Direction direction) {
        return new Message(ApiKey.DESCRIBE_RANGES, (short) 0, direction);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
