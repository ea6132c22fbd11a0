package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/** S3, for whoever reads: what other clients write, and what attackers do. */
class S3DecompressionTest {

    private static final int BOMB = 64 * 1024 * 1024;
    private static final int LIMIT = 1024 * 1024;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_bomb_stops_at_the_limit(Codec codec) throws IOException {
        byte[] batch = Batches.around(codec, 1, Batches.compressed(codec, oneRecordOf(BOMB)));
        assertThat(batch.length).isLessThan(BOMB / 15);

        long before = allocatedBytes();
        assertThatThrownBy(() -> Batches.read(Batches.view(batch).records(LIMIT)))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("offset 0")
                .hasMessageContaining("beyond the limit of " + LIMIT);
        assertThat(allocatedBytes() - before).isLessThan(10L * LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void the_limit_itself_is_allowed(Codec codec) {
        byte[] value = new byte[100_000];
        byte[] batch = Batches.of(codec, List.of(new Record(0, 0, null, value, List.of())));
        int plain = Batches.of(Codec.NONE, List.of(new Record(0, 0, null, value, List.of()))).length;

        assertThat(Batches.read(Batches.view(batch).records(plain - RecordBatch.HEADER_BYTES)))
                .hasSize(1);
    }

    @Test
    void raw_snappy_is_read() throws IOException {
        List<Record> records = Seeded.of(1).records(0);
        byte[] batch = Batches.around(Codec.SNAPPY, records.size(), Snappy.compress(body(records)));

        assertThat(Batches.read(Batches.view(batch))).hasSameSizeAs(records);
    }

    @Test
    void snappy_streams_one_after_another_are_one() throws IOException {
        byte[] plain = body(Seeded.of(2).records(0));
        byte[] first = Batches.compressed(Codec.SNAPPY, Arrays.copyOf(plain, plain.length / 2));
        byte[] second = Batches.compressed(Codec.SNAPPY, Arrays.copyOfRange(plain, plain.length / 2, plain.length));

        byte[] batch = Batches.around(Codec.SNAPPY, Seeded.of(2).records(0).size(), join(first, second));

        assertThat(Batches.read(Batches.view(batch))).isNotEmpty();
    }

    @Test
    void a_snappy_block_that_claims_more_than_snappy_can_allocates_nothing() {
        byte[] raw = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 0, 1};
        byte[] header = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
        byte[] chunk =
                ByteBuffer.allocate(4 + raw.length).putInt(raw.length).put(raw).array();

        for (byte[] body : List.of(raw, join(header, chunk))) {
            long before = allocatedBytes();
            assertThatThrownBy(() -> Batches.read(Batches.view(Batches.around(Codec.SNAPPY, 1, body))))
                    .isInstanceOf(CorruptBatchException.class)
                    .hasMessageContaining("record 0 of 1");
            assertThat(allocatedBytes() - before).isLessThan(LIMIT);
        }
    }

    @Test
    void a_snappy_chunk_longer_than_the_batch_allocates_nothing() {
        byte[] body = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x7f, -1, -1, -1, 0};

        assertThatThrownBy(() -> Batches.read(Batches.view(Batches.around(Codec.SNAPPY, 1, body))))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("a snappy chunk of 2147483647 bytes has only 1");
    }

    @ParameterizedTest
    @EnumSource
    void lz4_frames_of_all_block_sizes_with_all_checksums_are_read(BLOCKSIZE blockSize) throws IOException {
        List<Record> records = Seeded.of(3).records(0);
        byte[] plain = body(records);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream lz4 = new LZ4FrameOutputStream(
                out,
                blockSize,
                plain.length,
                FLG.Bits.BLOCK_INDEPENDENCE,
                FLG.Bits.BLOCK_CHECKSUM,
                FLG.Bits.CONTENT_CHECKSUM,
                FLG.Bits.CONTENT_SIZE)) {
            lz4.write(plain);
        }

        byte[] batch = Batches.around(Codec.LZ4, records.size(), out.toByteArray());

        assertThat(Batches.read(Batches.view(batch))).hasSameSizeAs(records);
    }

    @Test
    void our_lz4_frame_has_independent_blocks_of_64_kib_and_nothing_else() {
        byte[] batch = Batches.of(Codec.LZ4, Seeded.of(4).records(0));

        assertThat(Arrays.copyOfRange(batch, RecordBatch.HEADER_BYTES, RecordBatch.HEADER_BYTES + 7))
                .containsExactly(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82);
    }

    @Test
    void empty_lz4_frames_in_a_row_do_not_claim_a_buffer_each() throws IOException {
        byte[] empty = Batches.compressed(Codec.LZ4, new byte[0]);
        byte[] body = new byte[empty.length * 10_000];
        for (int i = 0; i < body.length; i += empty.length) {
            System.arraycopy(empty, 0, body, i, empty.length);
        }

        long before = allocatedBytes();
        assertThatThrownBy(() -> Batches.read(Batches.view(Batches.around(Codec.LZ4, 1, body))))
                .isInstanceOf(CorruptBatchException.class);
        assertThat(allocatedBytes() - before).isLessThan(10L * LIMIT);
    }

    @Test
    void zstd_frames_that_state_their_size_and_large_windows_are_read() {
        List<Record> records = Seeded.of(5).records(0);

        for (int level : new int[] {-5, 1, 3, 19, 22}) {
            byte[] batch = Batches.around(Codec.ZSTD, records.size(), Zstd.compress(body(records), level));
            assertThat(Batches.read(Batches.view(batch))).hasSameSizeAs(records);
        }
    }

    private static byte[] oneRecordOf(int bytes) {
        byte[] batch = Batches.of(Codec.NONE, List.of(new Record(0, 0, null, new byte[bytes], List.of())));
        return Arrays.copyOfRange(batch, RecordBatch.HEADER_BYTES, batch.length);
    }

    private static byte[] body(List<Record> records) {
        byte[] batch = Batches.of(Codec.NONE, records);
        return Arrays.copyOfRange(batch, RecordBatch.HEADER_BYTES, batch.length);
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
