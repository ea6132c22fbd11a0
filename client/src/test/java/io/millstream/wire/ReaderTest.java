package io.millstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The primitive types at their edges, where messages built of them would hide what went wrong. */
class ReaderTest {

    @ParameterizedTest
    @CsvSource({"00,       -1", "01,        0", "7f,      126", "8001,    127", "ff7f,  16382", "808001,16383"})
    void compactLengthsAreOneMoreThanTheLength(String hex, int length) {
        ByteBuf bytes = hex(hex).writeZero(Math.max(length, 0));

        BytesPayload payload = flexible(bytes).nullablePayload();

        assertThat(payload == null ? -1 : payload.sizeInBytes()).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffffff10", "ffffffff80", "808080808001", "80808080808080", "ffffffffffffffffff01"})
    void aVariableLengthNumberBeyond32BitsIsRefused(String hex) {
        assertMalformed(() -> flexible(hex(hex)).nullablePayload(), "does not fit 32 bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffffff0f", "8080808008", "8180808008"})
    void aVariableLengthNumberBeyond31BitsIsNoLength(String hex) {
        assertMalformed(() -> flexible(hex(hex)).nullablePayload(), "length|announced");
        assertMalformed(() -> flexible(hex(hex)).nullableString(), "length|announced|at most");
        assertMalformed(() -> flexible(hex(hex)).nullableValues(Reader::int8), "length|announced");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fffe", "8000"})
    void aNegativeStringLengthIsRefused(String hex) {
        assertMalformed(() -> plain(hex(hex)).nullableString(), "a length of -");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fffffffe", "80000000"})
    void aNegativeLengthIsRefused(String hex) {
        assertMalformed(() -> plain(hex(hex)).nullablePayload(), "a length of -");
        assertMalformed(() -> plain(hex(hex)).opaque(), "a length of -");
        assertMalformed(() -> plain(hex(hex)).nullableValues(Reader::int8), "a length of -");
    }

    @Test
    void nullIsRefusedWhereItMayNotBe() {
        assertMalformed(() -> plain(hex("ffff")).string(), "a string that may not be null");
        assertMalformed(() -> flexible(hex("00")).string(), "a string that may not be null");
        assertMalformed(() -> plain(hex("ffffffff")).values(Reader::int8), "an array that may not be null");
        assertMalformed(() -> flexible(hex("00")).structs(Reader::int8), "an array that may not be null");
        assertMalformed(() -> flexible(hex("00")).opaque(), "a length of -1");
    }

    @Test
    void aStringIsNeverLongerThanThePlainFormCanSay() {
        String longest = "x".repeat(Short.MAX_VALUE);
        ByteBuf bytes = Unpooled.buffer();
        new Writer(bytes, (short) 0, true).string(longest);

        assertThat(flexible(bytes).string()).isEqualTo(longest);
        assertMalformed(() -> flexible(hex("818002").writeZero(40_000)).string(), "32768 bytes; at most 32767");
    }

    @ParameterizedTest
    @ValueSource(strings = {"02ff", "03c328", "04eda080", "03c080", "05f5808080"})
    void aStringThatIsNotUtf8IsRefused(String hex) {
        assertMalformed(() -> flexible(hex(hex)).nullableString(), "is not UTF-8");
    }

    @Test
    void aFailureNamesItsPlace() {
        assertMalformed(
                () -> {
                    Reader in = plain(hex("00000007" + "0005" + "6162"));
                    in.int32();
                    in.string();
                },
                "5 bytes announced, 2 left, at byte 6");
    }

    @Test
    void taggedFieldsAreSkippedAndBounded() {
        Reader in = flexible(hex("02" + "00" + "03616263" + "85" + "0f" + "00"));

        in.end();

        assertMalformed(() -> flexible(hex("01" + "00" + "04616263")).end(), "4 bytes announced, 3 left");
        assertMalformed(() -> flexible(hex("ffffffff0f")).end(), "a length of -1");
        assertMalformed(() -> flexible(hex("01" + "00" + "ffffffff0f")).end(), "a length of -1");
    }

    @Test
    void theAllowanceIsSharedByAllLevelsOfAMessage() {
        int outer = 1_000;
        int inner = Limits.RESPONSE_ELEMENTS / outer;
        ByteBuf bytes = Unpooled.buffer();
        new Writer(bytes, (short) 0, false)
                .values(
                        Collections.nCopies(outer, Collections.nCopies(inner, 1)),
                        (out, list) -> out.values(list, Writer::int8));

        assertMalformed(() -> plain(bytes).values(in -> in.values(Reader::int8)), "more elements than");
    }

    @Test
    void aPayloadIsASliceThatIsNotRetained() {
        ByteBuf frame = hex("00000002" + "0102" + "03");

        BytesPayload payload = plain(frame).nullablePayload();

        assertThat(ByteBufUtil.hexDump(payload.bytes())).isEqualTo("0102");
        assertThat(payload.bytes().unwrap()).isNotNull();
        assertThat(frame.refCnt()).isEqualTo(1);
        assertThat(frame.readableBytes()).isEqualTo(1);
    }

    @Test
    void valuesAreReadBackAsWritten() {
        UUID id = new UUID(1, -2);
        ByteBuf bytes = Unpooled.buffer();
        Writer out = new Writer(bytes, (short) 0, true);
        out.uuid(id);
        out.opaque(Opaque.copyOf("abc".getBytes(StandardCharsets.UTF_8)));
        out.nullableValues(null, Writer::int8);
        out.struct("inside", Writer::string);
        out.bool(true);

        Reader in = flexible(bytes);

        assertThat(in.uuid()).isEqualTo(id);
        assertThat(in.opaque()).isEqualTo(Opaque.copyOf("abc".getBytes(StandardCharsets.UTF_8)));
        assertThat(in.nullableValues(Reader::int8)).isNull();
        assertThat(in.struct(Reader::string)).isEqualTo("inside");
        assertThat(in.bool()).isTrue();
        assertThat(bytes.isReadable()).isFalse();
    }

    @Test
    void listsCannotBeChanged() {
        List<Byte> list = plain(hex("0000000201" + "02")).values(Reader::int8);

        assertThatThrownBy(() -> list.add((byte) 3)).isInstanceOf(UnsupportedOperationException.class);
    }

    private static void assertMalformed(ThrowingCallable reading, String message) {
        assertThatThrownBy(reading).isExactlyInstanceOf(WireException.class).hasMessageFindingMatch(message);
    }

    private static Reader flexible(ByteBuf bytes) {
        return new Reader(bytes, (short) 0, true);
    }

    private static Reader plain(ByteBuf bytes) {
        return new Reader(bytes, (short) 0, false);
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.buffer().writeBytes(ByteBufUtil.decodeHexDump(hex));
    }
}
