package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class UnpackedPageTest {

    /** Two of them are a group. */
    private static final int BATCH_BYTES = 600_000;

    private static ByteBuf page(int batches) {
        ByteBuf bytes = Unpooled.buffer();
        for (int i = 0; i < batches; i++) {
            try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, UnpooledByteBufAllocator.DEFAULT)) {
                builder.append(0, null, new byte[BATCH_BYTES], List.of());
                ByteBuf batch = builder.build();
                bytes.writeBytes(batch);
                batch.release();
            }
        }
        return bytes;
    }

    /** Or two pages would be unpacked into the same memory. */
    @Test
    void aWorkerThatTakesNoMoreDoesNotMakeAPageGiveItsMemoryBackTwice() {
        AtomicInteger asked = new AtomicInteger();
        Unpacking full = new Unpacking(task -> {
            if (asked.incrementAndGet() == 2) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        ByteBuf bytes = page(4);
        UnpackedPage page = new UnpackedPage(bytes, full);
        int third = 2 * RecordBatch.at(bytes).sizeInBytes();

        assertThatThrownBy(() -> page.batch(0)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> page.batch(third)).isInstanceOf(IllegalStateException.class);
        assertThat(page.end()).isTrue();

        assertThat(full.take()).isNotSameAs(full.take());
    }
}
