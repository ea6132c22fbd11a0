package io.millstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The quick way to read a record: it sees what the careful way sees, or leaves the record to it. */
final class PlainRecordTest {

    private static final int ROUNDS = 2_000;

    private record Seen(int offsetDelta, long timestampDelta, int keyAt, int keyLength, int valueAt, int valueLength) {}

    @Test
    void whatIsReadQuicklyIsWhatIsReadCarefully() {
        Seeded seed = Seeded.fresh();
        int quick = 0;
        for (int round = 0; round < ROUNDS; round++) {
            seed = seed.next();
            byte[] body = body(seed.records(0));
            byte[] bytes = round % 2 == 0 ? body : seed.mutated(body);
            int room = seed.below(20); // what lies behind the records is not theirs
            byte[] window = Arrays.copyOf(bytes, bytes.length + room);
            quick += compare(seed, window, bytes.length);
        }
        assertThat(quick).as(seed.toString()).isGreaterThan(5 * ROUNDS);
    }

    private static int compare(Seeded seed, byte[] window, int end) {
        RecordInput quick = RecordInput.of(window, 0, end);
        int read = 0;
        while (true) {
            int at = quick.position();
            RecordSlice slice = new RecordSlice();
            if (!quick.plain(slice)) {
                assertThat(quick.position()).as(seed.toString()).isEqualTo(at);
                if (!pass(quick)) {
                    return read;
                }
                continue;
            }
            RecordInput careful = RecordInput.of(window, at, end);
            Seen seen = new Seen(
                    quick.plainOffsetDelta(),
                    quick.plainTimestampDelta(),
                    slice.keyStart(),
                    slice.keyLength(),
                    slice.valueStart(),
                    slice.valueLength());
            assertThat(seen).as(seed.toString()).isEqualTo(carefully(careful));
            assertThat(quick.position()).as(seed.toString()).isEqualTo(careful.position());
            assertThat(slice.array()).isSameAs(window);
            read++;
        }
    }

    /** Goes behind a record, whatever it is; false at the end, or where there is none. */
    private static boolean pass(RecordInput in) {
        try {
            if (in.exhausted()) {
                return false;
            }
            in.enterRecord();
            in.skip(in.left());
            return true;
        } catch (IOException flaw) {
            return false;
        }
    }

    private static Seen carefully(RecordInput in) {
        try {
            in.enterRecord();
            in.int8();
            long timestampDelta = in.varlong();
            int offsetDelta = in.varint();
            int keyLength = in.nullableLength();
            int keyAt = in.position();
            in.skip(keyLength);
            int valueLength = in.nullableLength();
            int valueAt = in.position();
            in.skip(valueLength);
            assertThat(in.varint()).as("headers").isZero();
            in.leaveRecord();
            return new Seen(offsetDelta, timestampDelta, keyAt, keyLength, valueAt, valueLength);
        } catch (IOException e) {
            throw new AssertionError("The careful way finds a flaw", e);
        }
    }

    private static byte[] body(List<Record> records) {
        ByteBuf batch = Unpooled.wrappedBuffer(Batches.of(Codec.NONE, records));
        byte[] body = new byte[batch.readableBytes() - RecordBatch.HEADER_BYTES];
        batch.getBytes(RecordBatch.HEADER_BYTES, body);
        return body;
    }
}
