package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.apache.kafka.common.compress.Lz4BlockInputStream;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LZ4 frames that lz4-java wrote, read into whatever room there is. */
final class Lz4InputTest {

    private static final FLG.Bits[] EVERYTHING = {
        FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.BLOCK_CHECKSUM, FLG.Bits.CONTENT_CHECKSUM, FLG.Bits.CONTENT_SIZE
    };

    /** A block that shrinks, one that does not, and a part of one. */
    private static byte[] plain() {
        byte[] plain = new byte[150_000];
        new Random(5).nextBytes(plain);
        Arrays.fill(plain, 1000, 60_000, (byte) 'a');
        return plain;
    }

    private static byte[] frame(byte[] plain, FLG.Bits... flags) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream lz4 = new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB, plain.length, flags)) {
            lz4.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] read(ByteBuf frame, int step) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        byte[] room = new byte[step];
        try (Lz4Input in = new Lz4Input(frame)) {
            for (int count = in.read(room, 0, step); count >= 0; count = in.read(room, 0, step)) {
                plain.write(room, 0, count);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
        return plain.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 1 << 16, 1 << 20})
    void a_frame_expands_into_little_room_and_into_much(int room) throws IOException {
        byte[] plain = plain();
        byte[] frame = frame(plain, EVERYTHING);
        ByteBuf elsewhere = Unpooled.directBuffer().writeBytes(frame);

        assertThat(read(Unpooled.wrappedBuffer(frame), room)).isEqualTo(plain);
        assertThat(read(elsewhere, room)).isEqualTo(plain);
        elsewhere.release();
    }

    @Test
    void every_damaged_and_every_missing_byte_of_a_checked_frame_is_found() throws IOException {
        byte[] frame = frame(
                "every byte, every byte, every byte of it".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                EVERYTHING);
        for (int i = 0; i < frame.length; i++) {
            byte[] damaged = frame.clone();
            damaged[i] ^= 0x41;
            byte[] cut = Arrays.copyOf(frame, i);

            assertThatThrownBy(() -> read(Unpooled.wrappedBuffer(damaged), 1000))
                    .as("byte %d", i)
                    .isInstanceOfAny(IOException.class, LZ4Exception.class);
            assertThatThrownBy(() -> read(Unpooled.wrappedBuffer(cut), 1000))
                    .as("cut at %d", i)
                    .isInstanceOfAny(IOException.class, LZ4Exception.class);
        }
    }

    @Test
    void a_block_that_depends_on_others_or_is_larger_than_its_frame_allows_is_refused() throws IOException {
        byte[] frame = frame(new byte[100], FLG.Bits.BLOCK_INDEPENDENCE);
        byte[] tooLong = frame.clone();
        tooLong[9] = 0x7f; // the third byte of the first block's length

        assertThatThrownBy(() -> read(Unpooled.wrappedBuffer(tooLong), 1000))
                .hasMessageContaining("says at most 65536");

        frame[4] &= ~0x20;
        assertThatThrownBy(() -> read(Unpooled.wrappedBuffer(frame), 1000))
                .hasMessageContaining("flags 40, which are not supported");
    }

    @Test
    void an_end_mark_that_claims_not_to_be_compressed_is_one_for_kafka_too() throws IOException {
        byte[] plain = plain();
        for (FLG.Bits checksum : new FLG.Bits[] {FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.CONTENT_CHECKSUM}) {
            byte[] frame = frame(plain, FLG.Bits.BLOCK_INDEPENDENCE, checksum);
            int end = frame.length - (checksum == FLG.Bits.CONTENT_CHECKSUM ? 2 : 1) * Integer.BYTES;
            frame[end + 3] = (byte) 0x80;

            assertThat(read(Unpooled.wrappedBuffer(frame), 1000)).isEqualTo(plain);
            assertThat(asKafkaReads(frame)).isEqualTo(plain);
        }
    }

    @Test
    void a_skippable_frame_in_front_is_refused_as_by_kafka() throws IOException {
        ByteBuf frame = Unpooled.buffer().writeIntLE(0x184D_2A50).writeIntLE(3).writeZero(3);
        frame.writeBytes(frame(plain(), EVERYTHING));

        assertThatThrownBy(() -> asKafkaReads(ByteBufUtil.getBytes(frame))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(frame, 1000)).hasMessageContaining("begins with 184d2a50, not with 184d2204");
    }

    private static byte[] asKafkaReads(byte[] frame) throws IOException {
        try (Lz4BlockInputStream in =
                new Lz4BlockInputStream(ByteBuffer.wrap(frame), BufferSupplier.NO_CACHING, false)) {
            return in.readAllBytes();
        }
    }

    @Test
    void blocks_that_grow_a_little_each_do_not_make_new_memory_each_time() throws IOException {
        int blocks = 2000;
        byte[] empty = frame(new byte[0], FLG.Bits.BLOCK_INDEPENDENCE);
        ByteBuf grown = Unpooled.buffer(blocks * (blocks / 2 + 5)).writeBytes(empty, 0, empty.length - Integer.BYTES);
        for (int size = 1; size <= blocks; size++) {
            grown.writeIntLE(size | 1 << 31).writeZero(size); // stored as it is
        }
        grown.writeIntLE(0);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getCurrentThreadAllocatedBytes();
        long plain = 0;
        byte[] room = new byte[1];
        try (Lz4Input in = new Lz4Input(grown)) {
            while (in.read(room, 0, 1) > 0) {
                plain++;
            }
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(plain).isEqualTo(blocks * (blocks + 1) / 2);
        assertThat(allocated).isLessThan(500_000);
    }
}
