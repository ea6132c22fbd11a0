package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RecordBatchTest {

    private static final List<Record> RECORDS = Seeded.of(11).records(0);
    private static final byte[] BATCH = Batches.of(Codec.LZ4, RECORDS);

    @Test
    void a_batch_is_the_same_in_every_kind_of_buffer() {
        ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer();
        pooled.writeZero(100).writeBytes(BATCH).writeZero(50);
        ByteBuf heap = PooledByteBufAllocator.DEFAULT.heapBuffer().writeZero(3).writeBytes(BATCH);
        ByteBuf pieces = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(BATCH, 0, 40),
                Unpooled.directBuffer().writeBytes(BATCH, 40, 50),
                Unpooled.copiedBuffer(BATCH, 90, BATCH.length - 90));

        readsBack(pooled, 100);
        readsBack(pooled.slice(90, BATCH.length + 20), 10);
        readsBack(pooled.asReadOnly(), 100);
        readsBack(heap, 3);
        readsBack(heap.asReadOnly(), 3);
        readsBack(heap.slice(3, BATCH.length).asReadOnly(), 0);
        readsBack(pieces, 0);
        pooled.release();
        heap.release();
        pieces.release();
    }

    private static void readsBack(ByteBuf buf, int at) {
        RecordBatch batch = RecordBatch.at(buf, at, buf.writerIndex());
        batch.ensureIntact();
        assertThat(batch.sizeInBytes()).isEqualTo(BATCH.length);
        assertThat(batch.endIndex()).isEqualTo(at + BATCH.length);
        assertThat(Batches.read(batch)).isEqualTo(RECORDS);
        assertThat(buf.readerIndex()).isZero();
    }

    @Test
    void threads_that_share_a_buffer_check_and_read_it_at_once() {
        ByteBuf shared = PooledByteBufAllocator.DEFAULT.directBuffer();
        for (int i = 0; i < 50; i++) {
            shared.writeBytes(BATCH);
        }
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(CompletableFuture.runAsync(() -> {
                for (int at = 0; at < shared.writerIndex(); at += BATCH.length) {
                    RecordBatch batch = RecordBatch.at(shared, at, shared.writerIndex());
                    batch.ensureIntact();
                    assertThat(Batches.read(batch)).isEqualTo(RECORDS);
                }
            }));
        }

        assertThatCode(() -> readers.forEach(CompletableFuture::join)).doesNotThrowAnyException();
        shared.release();
    }

    @Test
    void a_length_that_no_batch_can_have_is_refused() {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 48, BATCH.length, Integer.MAX_VALUE}) {
            ByteBuf buf = Unpooled.copiedBuffer(BATCH);
            buf.setInt(8, length);

            assertThatThrownBy(() -> RecordBatch.at(buf))
                    .isInstanceOf(CorruptBatchException.class)
                    .hasMessageContaining("Batch at offset 0 says it has " + length + " bytes");
        }
    }

    @Test
    void older_formats_are_refused_by_name() {
        ByteBuf buf = Unpooled.copiedBuffer(BATCH);
        buf.setByte(16, 1);

        assertThatThrownBy(() -> RecordBatch.at(buf))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("v1");
    }

    @Test
    void codecs_are_known_by_number_and_label() {
        for (Codec each : Codec.values()) {
            assertThat(Codec.of(each.id())).isEqualTo(each);
            assertThat(Codec.labelled(each.label())).isEqualTo(each);
        }
        assertThatThrownBy(() -> Codec.of(5)).isInstanceOf(CorruptBatchException.class);
        assertThatThrownBy(() -> Codec.labelled("lzo"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zstd");
    }
}
