package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happens to a batch's bytes, no wrong record comes out of it. */
class RecordBatchDamageTest {

    private static final int LENGTH_AT = 8;
    private static final int LEADER_EPOCH_AT = 12;
    private static final int MAGIC_AT = 16;
    private static final int MUTATIONS = 1200;
    private static final int LIMIT = 1 << 20;

    @ParameterizedTest
    @EnumSource
    void one_changed_byte_never_gives_a_wrong_record(Codec codec) {
        List<Record> records = Seeded.of(7).fewRecords();
        byte[] batch = Batches.of(codec, records);

        for (int at = 0; at < batch.length; at++) {
            byte[] damaged = batch.clone();
            damaged[at] ^= (byte) (1 << (at % 8));
            if (at < LENGTH_AT) { // base offset: the records are whole, but elsewhere; a reader knows where it asked
                RecordBatch moved = intact(damaged);
                assertThat(moved.baseOffset()).isNotZero();
            } else if (at >= LEADER_EPOCH_AT && at < MAGIC_AT) { // says nothing about the records
                assertThat(Batches.read(intact(damaged))).isEqualTo(records);
            } else {
                assertThatExceptionOfType(CorruptBatchException.class)
                        .as("byte %d", at)
                        .isThrownBy(() -> intact(damaged));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_truncated_batch_is_not_whole_and_refused(Codec codec) {
        byte[] batch = Batches.of(codec, Seeded.of(8).fewRecords());
        ByteBuf buf = Unpooled.wrappedBuffer(batch);

        for (int length = 0; length < batch.length; length++) {
            int end = length;
            assertThat(RecordBatch.isWhole(buf, 0, end)).isFalse();
            assertThatThrownBy(() -> RecordBatch.at(buf, 0, end)).isInstanceOf(CorruptBatchException.class);
        }
        assertThat(RecordBatch.isWhole(buf, 0, batch.length)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_body_cut_short_under_a_valid_checksum_is_refused(Codec codec) {
        List<Record> records = Seeded.of(9).fewRecords();
        byte[] body = body(Batches.of(codec, records));

        for (int length = 0; length < body.length; length++) {
            byte[] cut = Batches.around(codec, records.size(), Arrays.copyOf(body, length));
            try {
                assertThat(Batches.read(Batches.view(cut))).isEqualTo(records); // only a codec's trailer was cut
                assertThat(body.length - length).isLessThanOrEqualTo(4);
            } catch (CorruptBatchException expected) {
                assertThat(expected).hasMessageContaining("offset 0");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_mutated_compressed_body_is_refused_or_read_within_bounds(Codec codec) {
        Seeded seeded = Seeded.fresh();
        List<Record> records = seeded.fewRecords();
        byte[] body = body(Batches.of(codec, records));

        for (int i = 0; i < MUTATIONS; i++) {
            seeded = seeded.next();
            byte[] batch = Batches.around(codec, records.size(), seeded.mutated(body));
            try {
                long bytes = 0;
                for (Record each : Batches.read(Batches.view(batch).records(LIMIT))) {
                    bytes += each.value() == null ? 0 : each.value().length;
                }
                assertThat(bytes).as("%s", seeded).isLessThanOrEqualTo(LIMIT);
            } catch (CorruptBatchException expected) {
                assertThat(expected).as("%s", seeded).hasMessageContaining("offset 0");
            } catch (Throwable other) {
                throw new AssertionError(seeded.toString(), other);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void mutated_records_inside_intact_compression_are_refused_or_in_order(Codec codec) throws Exception {
        Seeded seeded = Seeded.fresh();
        List<Record> records = seeded.fewRecords();
        byte[] body = body(Batches.of(Codec.NONE, records));

        for (int i = 0; i < MUTATIONS / 10; i++) {
            seeded = seeded.next();
            byte[] batch = Batches.around(codec, records.size(), Batches.compressed(codec, seeded.mutated(body)));
            try {
                assertThat(Batches.read(Batches.view(batch)))
                        .extracting(Record::offset)
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .hasSize(records.size());
            } catch (CorruptBatchException expected) {
                assertThat(expected).hasMessageContaining("offset 0");
            }
        }
    }

    private static RecordBatch intact(byte[] bytes) {
        RecordBatch batch = Batches.view(bytes);
        batch.ensureIntact();
        return batch;
    }

    private static byte[] body(byte[] batch) {
        return Arrays.copyOfRange(batch, RecordBatch.HEADER_BYTES, batch.length);
    }
}
