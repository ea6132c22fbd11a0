package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** W3: a message of any API, version and direction ends where its frame does, neither before nor behind. */
class W3EndsTest {

    static Stream<Message> all() {
        return Message.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyPrefixIsRefused(Message kind) throws Exception {
        byte[] valid = HostileFrames.small(kind);
        for (int length = 0; length < valid.length; length++) {
            ByteBuf prefix = Unpooled.wrappedBuffer(valid, 0, length);
            assertThatThrownBy(() -> Frames.read(kind, prefix)).isExactlyInstanceOf(WireException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void trailingBytesAreRefusedWithTheirApiAndPlace(Message kind) throws Exception {
        byte[] valid = HostileFrames.small(kind);
        byte[] longer = Arrays.copyOf(valid, valid.length + 1);

        assertThatThrownBy(() -> Frames.read(kind, Unpooled.wrappedBuffer(longer)))
                .isExactlyInstanceOf(WireException.class)
                .hasMessageContaining(
                        kind.key() + " " + kind.direction().toString().toLowerCase(Locale.ROOT))
                .hasMessageContaining("version " + kind.version())
                .hasMessageContaining("1 bytes follow the end of the message, at byte " + valid.length);
    }
}
