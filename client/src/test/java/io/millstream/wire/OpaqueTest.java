package io.millstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class OpaqueTest {

    @Test
    void theBytesAreTheValue() {
        Opaque opaque = Opaque.copyOf(new byte[] {1, 2});

        assertThat(opaque)
                .isEqualTo(Opaque.copyOf(new byte[] {1, 2}))
                .hasSameHashCodeAs(Opaque.copyOf(new byte[] {1, 2}))
                .isNotEqualTo(Opaque.copyOf(new byte[] {1, 3}))
                .isNotEqualTo(Opaque.EMPTY)
                .hasToString("2 bytes");
        assertThat(opaque.size()).isEqualTo(2);
        assertThat(Opaque.copyOf(new byte[0])).isSameAs(Opaque.EMPTY);
    }

    @Test
    void nobodyCanChangeThem() {
        byte[] given = {1, 2};
        Opaque opaque = Opaque.copyOf(given);

        given[0] = 9;

        assertThat(opaque).isEqualTo(Opaque.copyOf(new byte[] {1, 2}));
        assertThatThrownBy(() -> opaque.asByteBuffer().put(0, (byte) 9)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void whatIsReadOutlivesItsFrame() {
        ByteBuf frame = Unpooled.buffer().writeInt(2).writeByte(1).writeByte(2);
        Opaque opaque = new Reader(frame, (short) 0, false).opaque();

        frame.setZero(0, frame.capacity());
        frame.release();

        assertThat(opaque).isEqualTo(Opaque.copyOf(new byte[] {1, 2}));
    }
}
