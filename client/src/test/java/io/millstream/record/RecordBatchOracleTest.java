package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka's own classes read what we write, and we read what they write. */
class RecordBatchOracleTest {

    private static final int ROUNDS = 15;
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    @ParameterizedTest
    @EnumSource
    void kafka_reads_what_the_builder_writes(Codec codec) {
        Seeded seeded = Seeded.fresh();
        for (int i = 0; i < ROUNDS; i++) {
            seeded = seeded.next();
            List<Record> records = seeded.records(0);

            MutableRecordBatch theirs = onlyBatch(Batches.of(codec, records));

            theirs.ensureValid();
            assertThat(theirs.compressionType().name).isEqualTo(codec.label());
            assertThat(theirs.countOrNull()).isEqualTo(records.size());
            assertThat(theirs.lastOffset()).isEqualTo(records.size() - 1);
            assertThat(theirs.hasProducerId()).isFalse();
            assertThat(theirs.partitionLeaderEpoch()).isEqualTo(RecordBatch.NO_LEADER_EPOCH);
            assertThat(theirs.maxTimestamp())
                    .isEqualTo(
                            records.stream().mapToLong(Record::timestamp).max().getAsLong());
            assertThat(readByKafka(theirs)).as("%s", seeded).isEqualTo(records);
        }
    }

    @ParameterizedTest
    @EnumSource
    void we_read_what_kafka_writes(Codec codec) {
        Seeded seeded = Seeded.fresh();
        for (int i = 0; i < ROUNDS; i++) {
            seeded = seeded.next();
            long base = seeded.below(1_000_000);
            List<Record> records = seeded.records(base);

            MemoryRecordsBuilder builder = kafkaBuilder(codec, TimestampType.CREATE_TIME, base);
            records.forEach(each ->
                    builder.append(each.timestamp(), buffer(each.key()), buffer(each.value()), kafka(each.headers())));
            RecordBatch ours = ours(builder.build());

            ours.ensureIntact();
            assertThat(ours.codec()).isEqualTo(codec);
            assertThat(ours.baseOffset()).isEqualTo(base);
            assertThat(ours.nextOffset()).isEqualTo(base + records.size());
            assertThat(Batches.read(ours)).as("%s", seeded).isEqualTo(records);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gaps_that_compaction_left_are_read(Codec codec) {
        MemoryRecordsBuilder builder = kafkaBuilder(codec, TimestampType.CREATE_TIME, 100);
        builder.appendWithOffset(103, 5L, new byte[] {1}, new byte[] {2});
        builder.appendWithOffset(250, 4L, null, new byte[] {3});
        builder.overrideLastOffset(300);

        RecordBatch ours = ours(builder.build());

        ours.ensureIntact();
        assertThat(ours.lastOffset()).isEqualTo(300);
        assertThat(Batches.read(ours)).extracting(Record::offset).containsExactly(103L, 250L);
    }

    @Test
    void log_append_time_is_every_records_time() {
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                ByteBuffer.allocate(1000),
                (byte) 2,
                Compression.NONE,
                TimestampType.LOG_APPEND_TIME,
                0,
                777L,
                -1,
                (short) -1,
                -1,
                false,
                false,
                -1,
                1000);
        builder.append(1L, new byte[1], new byte[1]);
        builder.append(2L, new byte[1], new byte[1]);

        RecordBatch ours = ours(builder.build());

        assertThat(ours.logAppendTime()).isTrue();
        assertThat(Batches.read(ours)).extracting(Record::timestamp).containsExactly(777L, 777L);
    }

    @Test
    void kafka_accepts_a_batch_stamped_with_append_time() {
        byte[] bytes = Batches.of(Codec.LZ4, List.of(new Record(0, 1, null, new byte[9], List.of())));
        RecordBatch ours = Batches.view(bytes);

        ours.stamp(4321, 7);
        ours.stampLogAppendTime(99);
        MutableRecordBatch theirs = onlyBatch(bytes);

        theirs.ensureValid();
        assertThat(theirs.baseOffset()).isEqualTo(4321);
        assertThat(theirs.partitionLeaderEpoch()).isEqualTo(7);
        assertThat(theirs.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(theirs.iterator().next().timestamp()).isEqualTo(99);
    }

    @Test
    void kafka_reads_the_producers_fields() {
        try (RecordBatchBuilder builder =
                new RecordBatchBuilder(Codec.ZSTD, io.netty.buffer.UnpooledByteBufAllocator.DEFAULT)) {
            builder.append(1, null, new byte[1], List.of()).append(2, null, null, List.of());
            var batch = builder.producer(123_456_789_012L, (short) 3, Integer.MAX_VALUE)
                    .build();

            MutableRecordBatch theirs = onlyBatch(io.netty.buffer.ByteBufUtil.getBytes(batch));
            batch.release();

            theirs.ensureValid();
            assertThat(theirs.producerId()).isEqualTo(123_456_789_012L);
            assertThat(theirs.producerEpoch()).isEqualTo((short) 3);
            assertThat(theirs.baseSequence()).isEqualTo(Integer.MAX_VALUE);
            assertThat(theirs.lastSequence()).isZero();
        }
    }

    @Test
    void a_control_batch_says_so_and_its_marker_can_be_read() {
        MemoryRecords marker = MemoryRecords.withEndTransactionMarker(
                50, 1234L, 5, 77L, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 9));

        RecordBatch ours = ours(marker);

        assertThat(ours.control()).isTrue();
        assertThat(ours.transactional()).isTrue();
        assertThat(Batches.read(ours)).extracting(Record::offset).containsExactly(50L);
    }

    @Test
    void a_batch_that_compaction_emptied_has_no_records() {
        ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
        org.apache.kafka.common.record.internal.DefaultRecordBatch.writeEmptyHeader(
                header, (byte) 2, 5L, (short) 1, 0, 10L, 19L, 3, TimestampType.CREATE_TIME, 1L, false, false);
        header.flip();

        RecordBatch ours = RecordBatch.at(Unpooled.wrappedBuffer(header));

        ours.ensureIntact();
        assertThat(ours.nextOffset()).isEqualTo(20);
        assertThat(Batches.read(ours)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void what_compaction_leaves_is_read_by_kafka_with_its_delete_horizon(Codec codec) {
        // given
        List<Record> records = List.of(
                new Record(0, 5_000, new byte[] {1}, new byte[300], List.of()),
                new Record(1, 9_000, new byte[] {2}, new byte[] {7}, List.of()),
                new Record(2, 4_000, new byte[] {3}, null, List.of(new Header("h", new byte[] {4}))));
        RecordBatch whole = RecordBatch.at(Unpooled.wrappedBuffer(Batches.of(codec, records)));
        whole.stamp(100, 6);
        List<Record> stored = Batches.read(whole);

        // when
        RecordBatch stamped;
        try (BatchRemainder left = BatchRemainder.withDeleteHorizon(whole, 1_700_000_000_000L, HEAP)) {
            stamped = RecordBatch.at(
                    left.append(stored.get(0)).append(stored.get(2)).build());
        }
        RecordBatch again;
        try (BatchRemainder left = BatchRemainder.of(stamped, HEAP)) {
            again = RecordBatch.at(left.append(stored.get(2)).build());
        }

        // then
        for (RecordBatch each : List.of(stamped, again)) {
            each.ensureIntact();
            MutableRecordBatch theirs = onlyBatch(ByteBufUtil.getBytes(each.bytes()));
            theirs.ensureValid();
            assertThat(theirs.deleteHorizonMs()).hasValue(1_700_000_000_000L);
            assertThat(each.deleteHorizonMillis()).hasValue(1_700_000_000_000L);
            assertThat(theirs.baseOffset()).isEqualTo(100);
            assertThat(theirs.lastOffset()).isEqualTo(102);
            assertThat(theirs.partitionLeaderEpoch()).isEqualTo(6);
            assertThat(theirs.compressionType().name).isEqualTo(codec.label());
            assertThat(theirs.maxTimestamp()).isEqualTo(each.maxTimestamp());
            assertThat(readByKafka(theirs)).isEqualTo(Batches.read(each));
        }
        assertThat(Batches.read(stamped)).containsExactly(stored.get(0), stored.get(2));
        assertThat(stamped.maxTimestamp()).isEqualTo(5_000);
        assertThat(Batches.read(again)).containsExactly(stored.get(2));
        assertThat(whole.deleteHorizonMillis()).isEmpty();
    }

    @Test
    void a_remainder_without_records_is_an_empty_batch_to_kafka() {
        RecordBatch whole = RecordBatch.at(Unpooled.wrappedBuffer(
                Batches.of(Codec.GZIP, List.of(new Record(0, 5_000, new byte[] {1}, null, List.of())))));
        whole.stamp(100, 6);
        whole.stampLogAppendTime(8_000);

        try (BatchRemainder left = BatchRemainder.withDeleteHorizon(whole, 9_000, HEAP)) {
            RecordBatch empty = RecordBatch.at(left.build());

            empty.ensureIntact();
            MutableRecordBatch theirs = onlyBatch(ByteBufUtil.getBytes(empty.bytes()));
            theirs.ensureValid();
            assertThat(readByKafka(theirs)).isEmpty();
            assertThat(theirs.nextOffset()).isEqualTo(101);
            assertThat(theirs.deleteHorizonMs()).isEmpty();
            assertThat(empty.maxTimestamp()).as("what a producer is told again").isEqualTo(8_000);
        }
    }

    private static MemoryRecordsBuilder kafkaBuilder(Codec codec, TimestampType type, long baseOffset) {
        return MemoryRecords.builder(
                ByteBuffer.allocate(512),
                Compression.of(CompressionType.forId(codec.id())).build(),
                type,
                baseOffset);
    }

    private static RecordBatch ours(MemoryRecords theirs) {
        return RecordBatch.at(Unpooled.wrappedBuffer(theirs.buffer()));
    }

    private static MutableRecordBatch onlyBatch(byte[] bytes) {
        List<MutableRecordBatch> batches = new ArrayList<>();
        MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches().forEach(batches::add);
        assertThat(batches).hasSize(1);
        return batches.get(0);
    }

    private static List<Record> readByKafka(MutableRecordBatch batch) {
        List<Record> records = new ArrayList<>();
        for (org.apache.kafka.common.record.internal.Record each : batch) {
            List<Header> headers = new ArrayList<>();
            for (org.apache.kafka.common.header.Header header : each.headers()) {
                headers.add(new Header(header.key(), header.value()));
            }
            records.add(new Record(each.offset(), each.timestamp(), bytes(each.key()), bytes(each.value()), headers));
        }
        return records;
    }

    private static org.apache.kafka.common.header.Header[] kafka(List<Header> headers) {
        return headers.stream()
                .map(each -> new RecordHeader(each.key(), each.value()))
                .toArray(org.apache.kafka.common.header.Header[]::new);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
