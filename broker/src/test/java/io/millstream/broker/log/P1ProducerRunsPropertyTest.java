package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * P1 and P2 against a list of all batches that one producer stored in its epoch: what comes again is known, however old; what did
 * not come is never said to be there. {@code -Dseed=N} replays one run.
 */
final class P1ProducerRunsPropertyTest {

    private static final int SEEDS = 300;
    private static final int STEPS = 120;
    private static final long PRODUCER = 42;

    /** Sequences are counted on beyond 2^31 here, and folded where they are written. */
    private record Sent(long first, int records) {

        long end() {
            return first + records;
        }
    }

    @Test
    void whatCameIsKnownAndNothingElse() {
        Long one = Long.getLong("seed");
        for (long seed = one == null ? 0 : one; seed <= (one == null ? SEEDS : one); seed++) {
            try {
                run(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(e.getMessage() + "\n-Dseed=" + seed + " replays this", e);
            }
        }
    }

    private static void run(Random random) {
        ProducerLedger ledger = new ProducerLedger();
        List<Sent> stored = new ArrayList<>();
        long runBegins = Integer.MAX_VALUE - 20L + random.nextInt(30); // wraps before long
        long next = runBegins;
        long offset = 0;
        for (int step = 0; step < STEPS; step++) {
            int records = 1 + random.nextInt(4);
            switch (random.nextInt(10)) {
                case 0 -> ledger = restarted(ledger, offset);
                case 1 -> assertRefused(ledger, new Sent(next + 1 + random.nextInt(5), records));
                case 2 -> assertRefused(ledger, new Sent(runBegins - 1 - random.nextInt(3), records), stored.isEmpty());
                case 3, 4 -> {
                    if (!stored.isEmpty()) {
                        assertKnown(ledger, stored, random.nextInt(stored.size()));
                    }
                }
                default -> {
                    Sent batch = new Sent(next, records);
                    assertThat(ledger.objection(batch(batch))).isEmpty();
                    RecordBatch placed = batch(batch);
                    placed.stamp(offset, 0);
                    ledger.remember(placed, step);
                    stored.add(batch);
                    next = batch.end();
                    offset += records;
                }
            }
        }
    }

    private static ProducerLedger restarted(ProducerLedger ledger, long offset) {
        ByteBuf written = ledger.write(offset);
        ProducerLedger read = new ProducerLedger();
        assertThat(read.read(written, offset)).isTrue();
        return read;
    }

    private static void assertRefused(ProducerLedger ledger, Sent batch) {
        assertRefused(ledger, batch, ledger.size() == 0);
    }

    private static void assertRefused(ProducerLedger ledger, Sent batch, boolean unknown) {
        Optional<Appended> objection = ledger.objection(batch(batch));
        if (unknown) {
            assertThat(objection).isEmpty();
        } else {
            assertThat(objection.orElseThrow().error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
    }

    private static void assertKnown(ProducerLedger ledger, List<Sent> stored, int index) {
        Appended known = ledger.objection(batch(stored.get(index))).orElseThrow();
        boolean remembered = index >= stored.size() - ProducerEntry.BATCHES;
        long offset = stored.get(index).first() - stored.get(0).first();
        assertThat(known.duplicate()).isTrue();
        assertThat(known.error()).isEqualTo(remembered ? ErrorCode.NONE : ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(known.baseOffset()).isEqualTo(remembered ? offset : Appended.NONE);
        assertThat(known.nextOffset())
                .isGreaterThanOrEqualTo(offset + stored.get(index).records());
    }

    private static RecordBatch batch(Sent sent) {
        String[] values = new String[sent.records()];
        Arrays.fill(values, "x");
        return RecordBatch.at(TestBatches.batch(PRODUCER, 0, (int) (sent.first() & Integer.MAX_VALUE), values));
    }
}
