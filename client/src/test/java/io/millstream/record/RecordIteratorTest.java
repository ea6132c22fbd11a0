package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Bodies with one flaw each, under a valid checksum. */
class RecordIteratorTest {

    @Test
    void more_records_than_the_header_counts() {
        refuses(1, body -> record(body, 0).record(1), "bytes follow the last of 1 records");
    }

    @Test
    void fewer_records_than_the_header_counts() {
        refuses(3, body -> record(body, 0).record(1), "record 2 of 3", "end early");
    }

    @Test
    void a_count_far_beyond_the_bytes() {
        refuses(Integer.MAX_VALUE, body -> record(body, 0), "end early");
    }

    @Test
    void bytes_where_there_are_no_records() {
        refuses(0, body -> record(body, 0), "bytes follow the last of 0 records");
    }

    @Test
    void an_offset_delta_that_does_not_rise() {
        refuses(3, body -> record(body, 0).record(2).record(2), "offset delta of 2 after 2");
    }

    @Test
    void an_offset_delta_beyond_the_last() {
        refuses(2, body -> record(body, 0).record(2), "offset delta of 2", "last one is 1");
    }

    @Test
    void a_negative_offset_delta() {
        refuses(1, body -> record(body, -1), "offset delta of -1");
    }

    @Test
    void a_negative_record_length() {
        refuses(1, body -> body.varint(-5), "length of -5");
    }

    @Test
    void a_record_length_beyond_the_bytes() {
        refuses(1, body -> body.varint(Integer.MAX_VALUE).bytes(0, 0), "2147483647 bytes has only 2");
    }

    @Test
    void a_record_length_that_never_ends() {
        refuses(1, body -> body.bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "too long");
    }

    @Test
    void a_record_length_of_more_than_32_bits() {
        refuses(1, body -> body.bytes(0x80, 0x80, 0x80, 0x80, 0x10), "too long");
    }

    @Test
    void a_timestamp_delta_of_more_than_64_bits() {
        refuses(
                1,
                body -> body.varint(12).bytes(0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2, 0),
                "too long");
    }

    @Test
    void a_key_longer_than_its_record() {
        refuses(1, body -> body.varint(6).bytes(0, 0, 0).varint(50).bytes(1, 1), "field of 50 bytes");
    }

    @Test
    void a_key_length_below_null() {
        refuses(1, body -> body.varint(6).bytes(0, 0, 0).varint(-2).bytes(1, 1), "field of -2 bytes");
    }

    @Test
    void fields_that_go_on_into_the_next_record() {
        refuses(2, body -> body.varint(2).bytes(0, 0).record(1), "beyond its length");
    }

    @Test
    void bytes_left_in_a_record() {
        refuses(
                1,
                body -> body.varint(8)
                        .bytes(0, 0, 0)
                        .varint(-1)
                        .varint(-1)
                        .varint(0)
                        .bytes(9, 9),
                "2 bytes follow");
    }

    @Test
    void more_headers_than_bytes() {
        refuses(
                1,
                body -> body.varint(8)
                        .bytes(0, 0, 0)
                        .varint(-1)
                        .varint(-1)
                        .varint(4000)
                        .bytes(9),
                "4000 headers");
    }

    @Test
    void a_negative_number_of_headers() {
        refuses(1, body -> body.varint(6).bytes(0, 0, 0).varint(-1).varint(-1).varint(-1), "-1 headers");
    }

    @Test
    void a_header_without_a_key() {
        refuses(
                1,
                body -> body.varint(8)
                        .bytes(0, 0, 0)
                        .varint(-1)
                        .varint(-1)
                        .varint(1)
                        .varint(-1)
                        .varint(-1),
                "field of -1 bytes");
    }

    @Test
    void more_headers_than_one_record_may_have() {
        int count = 100_001;
        refuses(
                1,
                body -> {
                    body.varint(3 + 1 + 1 + 3 + 2 * count)
                            .bytes(0, 0, 0)
                            .varint(-1)
                            .varint(-1)
                            .varint(count);
                    for (int i = 0; i < count; i++) {
                        body.bytes(0, 1);
                    }
                },
                "100001 headers",
                "at most 100000");
    }

    @Test
    void more_records_than_offsets() {
        byte[] batch = Batches.around(Codec.NONE, 2, new byte[0]);
        Unpooled.wrappedBuffer(batch).setInt(23, 0);

        assertThatThrownBy(() -> Batches.view(Batches.withChecksum(batch)).ensureIntact())
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("2 records")
                .hasMessageContaining("last offset delta of 0");
    }

    @Test
    void offsets_that_no_partition_can_have() {
        byte[] batch = Batches.around(Codec.NONE, 2, new byte[0]);
        for (long base : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1}) {
            RecordBatch view = Batches.view(batch);
            view.stamp(base, 0);

            assertThatThrownBy(view::records)
                    .isInstanceOf(CorruptBatchException.class)
                    .hasMessageContaining("offset " + base);
        }
    }

    @Test
    void an_unknown_codec_is_named_with_the_offset() {
        byte[] batch = Batches.around(Codec.NONE, 1, new byte[0]);
        Unpooled.wrappedBuffer(batch).setShort(21, 5);

        assertThatThrownBy(() -> Batches.view(Batches.withChecksum(batch)).records())
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("offset 0")
                .hasMessageContaining("codec 5");
    }

    @Test
    void there_is_nothing_after_the_end_after_a_flaw_or_after_closing() {
        byte[] good = Batches.of(Codec.ZSTD, List.of(new Record(0, 0, null, null, List.of())));
        RecordIterator ended = Batches.view(good).records();
        ended.next();
        assertThat(ended).isExhausted();
        assertThatThrownBy(ended::next).isInstanceOf(NoSuchElementException.class);

        RecordIterator closed = Batches.view(good).records();
        closed.close();
        closed.close();
        assertThat(closed).isExhausted();

        Body flawed = new Body();
        flawed.varint(-5);
        RecordIterator failed =
                Batches.view(Batches.around(Codec.NONE, 1, flawed.toBytes())).records();
        assertThatThrownBy(failed::next).isInstanceOf(CorruptBatchException.class);
        assertThat(failed).isExhausted();
    }

    private static Body record(Body body, int offsetDelta) {
        return body.record(offsetDelta);
    }

    private static void refuses(int count, Consumer<Body> content, String... reasons) {
        Body body = new Body();
        content.accept(body);
        byte[] batch = Batches.around(Codec.NONE, count, body.toBytes());
        RecordBatch.at(Unpooled.wrappedBuffer(batch)).ensureIntact();
        for (ByteBuf buf :
                List.of(Unpooled.wrappedBuffer(batch), Unpooled.directBuffer().writeBytes(batch))) {
            assertThatThrownBy(() -> Batches.read(RecordBatch.at(buf)))
                    .isInstanceOf(CorruptBatchException.class)
                    .hasMessageContaining("offset 0")
                    .satisfies(e -> assertThat(e.getMessage()).contains(reasons));
            buf.release();
        }
    }

    /** Records written by hand. */
    private static final class Body {
        private final ByteBuf out = Unpooled.buffer();

        Body varint(int value) {
            Varint.write(out, value);
            return this;
        }

        Body bytes(int... values) {
            for (int value : values) {
                out.writeByte(value);
            }
            return this;
        }

        /** A good record without key, value and headers. */
        Body record(int offsetDelta) {
            return varint(6)
                    .bytes(0, 0)
                    .varint(offsetDelta)
                    .varint(-1)
                    .varint(-1)
                    .varint(0);
        }

        byte[] toBytes() {
            return ByteBufUtil.getBytes(out);
        }
    }
}
