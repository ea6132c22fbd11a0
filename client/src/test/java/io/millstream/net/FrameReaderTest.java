package io.millstream.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.Limits;
import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameReaderTest {

    private final List<ByteBuf> frames = new ArrayList<>();
    private final FrameMemory memory = new FrameMemory();
    private final FrameReader reader = new FrameReader(frames::add, memory);

    private static ByteBuf frame(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Unpooled.buffer().writeInt(bytes.length).writeBytes(bytes);
    }

    private List<String> texts() {
        return frames.stream()
                .map(each -> each.toString(StandardCharsets.UTF_8))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 11, 1_000})
    void framesAreFoundHoweverTheBytesCome(int piece) {
        ByteBuf all = Unpooled.wrappedBuffer(frame("first"), frame("second one"), frame("last"));
        while (all.isReadable()) {
            reader.read(all.readSlice(Math.min(piece, all.readableBytes())));
        }

        assertThat(texts()).containsExactly("first", "second one", "last");
    }

    @Test
    void aFrameIsHeapMemoryOfItsOwnThatMayBeKept() {
        ByteBuf network = frame("kept");
        reader.read(network);
        network.setZero(0, network.capacity());

        assertThat(frames.get(0).hasArray()).isTrue();
        assertThat(texts()).containsExactly("kept");
    }

    @Test
    void memoryThatIsGivenBackIsReadIntoAgainIfItIsLargeEnough() {
        ByteBuf large =
                Unpooled.buffer().writeInt(FrameMemory.SMALLEST_BYTES + 1).writeZero(FrameMemory.SMALLEST_BYTES + 1);
        ByteBuf larger =
                Unpooled.buffer().writeInt(3 * FrameMemory.SMALLEST_BYTES).writeZero(3 * FrameMemory.SMALLEST_BYTES);
        reader.read(large.duplicate());
        memory.giveBack(frames.get(0).slice(5, 10));
        reader.read(frame("small"));
        reader.read(large.duplicate());
        reader.read(large.duplicate());
        memory.giveBack(frames.get(2));
        reader.read(larger);

        assertThat(frames)
                .extracting(ByteBuf::readableBytes)
                .containsExactly(
                        FrameMemory.SMALLEST_BYTES + 1,
                        5,
                        FrameMemory.SMALLEST_BYTES + 1,
                        FrameMemory.SMALLEST_BYTES + 1,
                        3 * FrameMemory.SMALLEST_BYTES);
        assertThat(frames.get(2).array()).isSameAs(frames.get(0).array());
        assertThat(frames.get(3).array()).isNotSameAs(frames.get(0).array());
        assertThat(frames.get(4).array()).isNotSameAs(frames.get(0).array());
    }

    /** Or what is kept would grow with the number of brokers. */
    @Test
    void whatOneConnectionGaveBackIsKeptForAllAndBounded() {
        ByteBuf large = Unpooled.buffer().writeInt(FrameMemory.SMALLEST_BYTES).writeZero(FrameMemory.SMALLEST_BYTES);
        FrameReader other = new FrameReader(frames::add, memory);
        int many = FrameMemory.KEPT + 2;
        for (int i = 0; i < many; i++) {
            reader.read(large.duplicate());
        }
        List<byte[]> given = frames.stream().map(ByteBuf::array).toList();
        frames.forEach(memory::giveBack);
        frames.clear();
        for (int i = 0; i < many; i++) {
            other.read(large.duplicate());
        }

        List<byte[]> again = frames.stream().map(ByteBuf::array).toList();
        for (int i = 0; i < many; i++) {
            assertThat(again.get(i) == given.get(i)).as("frame %d", i).isEqualTo(i < FrameMemory.KEPT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, 3, Limits.RESPONSE_BYTES + 1, Integer.MAX_VALUE})
    void lengthsOutOfBoundsAreRefused(int length) {
        assertThatThrownBy(() -> reader.read(Unpooled.buffer().writeInt(length)))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("A response of " + length + " bytes");
    }

    @Test
    void aHugeClaimDoesNotMakeThisSideAllocateIt() {
        for (int i = 0; i < 20; i++) { // 5 GiB, were it believed
            new FrameReader(frames::add, memory)
                    .read(Unpooled.buffer().writeInt(Limits.RESPONSE_BYTES).writeByte(1));
        }

        assertThat(frames).isEmpty();
    }

    @Test
    void aFrameLargerThanWhatIsTrustedGrowsAsItComes() {
        int size = 3 * FrameReader.TRUSTED_BYTES + 17;
        reader.read(Unpooled.buffer().writeInt(size));
        ByteBuf piece = Unpooled.wrappedBuffer(new byte[64 * 1024]);
        for (int sent = 0; sent < size; sent += piece.capacity()) {
            reader.read(piece.slice(0, Math.min(piece.capacity(), size - sent)));
        }

        assertThat(frames).singleElement().satisfies(each -> assertThat(each.readableBytes())
                .isEqualTo(size));
    }
}
