package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchBuilderTest {

    @Test
    void its_size_is_exact_and_what_a_record_adds_is_never_more_than_told() {
        Seeded seeded = Seeded.fresh();
        for (int round = 0; round < 50; round++) {
            seeded = seeded.next();
            RecordBatchBuilder builder = builder(Codec.NONE);
            for (Record each : seeded.records(0)) {
                int before = builder.sizeInBytes();
                int most = builder.sizeOf(each.key(), each.value(), each.headers());
                builder.append(each.timestamp(), each.key(), each.value(), each.headers());
                assertThat(builder.sizeInBytes() - before).as("%s", seeded).isBetween(7, most);
            }
            int size = builder.sizeInBytes();
            ByteBuf batch = builder.build();
            assertThat(batch.readableBytes()).as("%s", seeded).isEqualTo(size);
            batch.release();
        }
    }

    @Test
    void without_a_codec_the_records_are_not_copied_at_the_end() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, allocator);
        builder.append(1, null, new byte[10_000], List.of());
        long before = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();

        ByteBuf batch = builder.build();

        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isEqualTo(before);
        batch.release();
    }

    @ParameterizedTest
    @EnumSource
    void built_or_closed_it_holds_no_memory_and_takes_nothing_more(Codec codec) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        RecordBatchBuilder built = new RecordBatchBuilder(codec, allocator);
        built.append(1, null, new byte[1000], List.of());
        built.build().release();
        RecordBatchBuilder closed = new RecordBatchBuilder(codec, allocator);
        closed.close();
        closed.close();

        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        for (RecordBatchBuilder done : List.of(built, closed)) {
            assertThatThrownBy(() -> done.append(1, null, null, List.of())).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(done::build).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void an_empty_batch_is_not_built() {
        try (RecordBatchBuilder builder = builder(Codec.GZIP)) {
            assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void timestamps_at_both_ends_of_the_range_survive() {
        RecordBatchBuilder builder = builder(Codec.NONE);
        long[] timestamps = {Long.MAX_VALUE, -1, Long.MIN_VALUE, 0};
        for (long each : timestamps) {
            builder.append(each, null, null, List.of());
        }
        ByteBuf batch = builder.build();

        assertThat(Batches.read(RecordBatch.at(batch)))
                .extracting(Record::timestamp)
                .containsExactly(Long.MAX_VALUE, -1L, Long.MIN_VALUE, 0L);
        batch.release();
    }

    @Test
    void a_record_that_would_make_the_batch_too_large_leaves_it_as_it_was() {
        List<Header> headers = Collections.nCopies(1025, new Header("h", new byte[1 << 20]));
        try (RecordBatchBuilder builder = builder(Codec.NONE)) {
            builder.append(1, null, new byte[1], List.of());
            int size = builder.sizeInBytes();

            assertThatThrownBy(() -> builder.append(1, null, null, headers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("larger than");
            assertThat(builder.sizeInBytes()).isEqualTo(size);
            assertThat(builder.recordCount()).isEqualTo(1);
        }
    }

    private static RecordBatchBuilder builder(Codec codec) {
        return new RecordBatchBuilder(codec, PooledByteBufAllocator.DEFAULT);
    }
}
