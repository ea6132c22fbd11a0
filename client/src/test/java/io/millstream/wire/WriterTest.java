package io.millstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages cannot show of how they are written. */
class WriterTest {

    private final ByteBuf buffer = Unpooled.buffer();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStringTooLongForTheProtocolIsRefused(boolean flexible) {
        Writer out = new Writer(buffer, (short) 0, flexible);

        assertThatThrownBy(() -> out.string("\u20ac".repeat(10_923)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A string of 32769 bytes; at most 32767");
    }

    @Test
    void anExplanationTooLongIsCut() {
        Writer out = new Writer(buffer, (short) 0, true);

        out.nullableMessage("\u20ac".repeat(40_000));
        out.nullableMessage(null);
        out.nullableMessage("short");

        Reader in = new Reader(buffer, (short) 0, true);
        assertThat(in.nullableString()).isEqualTo("\u20ac".repeat(10_000));
        assertThat(in.nullableString()).isNull();
        assertThat(in.nullableString()).isEqualTo("short");
    }

    @Test
    void nullIsRefusedWhereItMayNotBe() {
        Writer out = new Writer(buffer, (short) 0, true);

        assertThatThrownBy(() -> out.structs(null, Writer::string)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> out.values(null, Writer::string)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> out.string(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void payloadsAreLeftInTheirPlaces() {
        ByteBuf first = Unpooled.copiedBuffer(new byte[] {1, 2, 3});
        Writer out = new Writer(buffer, (short) 0, false);

        out.int8(9);
        out.nullablePayload(new BytesPayload(first));
        out.nullablePayload(null);
        out.nullablePayload(BytesPayload.EMPTY);
        out.int8(9);

        assertThat(ByteBufUtil.hexDump(buffer)).isEqualTo("09" + "00000003" + "ffffffff" + "00000000" + "09");
        assertThat(out.payloads()).extracting(Writer.Placed::at).containsExactly(5, 13);
        assertThat(out.payloads())
                .extracting(placed -> placed.payload().sizeInBytes())
                .containsExactly(3, 0);
        assertThat(first.refCnt()).isEqualTo(1);
        first.release();
    }

    @Test
    void aMessageThatIsNotSentGivesUpItsPayloadsEvenAfterAFailedWrite() {
        ByteBuf first = Unpooled.copiedBuffer(new byte[] {1});
        ByteBuf second = Unpooled.copiedBuffer(new byte[] {2});
        Fetch.Response response = new Fetch.Response(
                0,
                ErrorCode.NONE,
                0,
                List.of(
                        new ByTopic<>("clicks", List.of(data(first))),
                        new ByTopic<>("x".repeat(40_000), List.of(data(second)))));

        assertThatThrownBy(() -> response.write(new Writer(buffer, (short) 12, true)))
                .isInstanceOf(IllegalArgumentException.class);
        response.discard();

        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isZero();
    }

    private static Fetch.Data data(ByteBuf records) {
        return new Fetch.Data(0, ErrorCode.NONE, 1, 1, 0, null, Fetch.NO_REPLICA, new BytesPayload(records));
    }
}
