package io.millstream.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class EvidenceTest {

    private static final Instant HOUR = Instant.parse("2026-11-22T07:00:00Z");
    private static final long MILLIS = HOUR.toEpochMilli();

    private final Acknowledged acknowledged = new Acknowledged(2);

    @Test
    void threeTimesTheSameAgrees() {
        acknowledged.note(0, 0, MILLIS);
        acknowledged.note(0, 1, MILLIS + 1);
        acknowledged.note(1, 0, MILLIS + 2);

        Evidence evidence = evidence(3, 3, 2, 1);

        assertThat(evidence.agrees()).isTrue();
        assertThat(evidence.table())
                .contains("2026-11-22T07:00Z")
                .contains("ok")
                .doesNotContain("MISMATCH");
    }

    @Test
    void anOffsetGivenToTwoRecordsIsALostRecord() {
        acknowledged.note(0, 0, MILLIS);
        acknowledged.note(0, 0, MILLIS);

        assertMismatch(evidence(1, 1, 1, 0));
    }

    @Test
    void offsetsCommittedPastWhatWasAcknowledgedAreAMismatch() {
        acknowledged.note(0, 0, MILLIS);

        assertMismatch(evidence(1, 1, 2, 0));
        assertMismatch(evidence(1, 1, 1, 1));
    }

    @Test
    void offsetsThatFallShortAreAMismatch() {
        acknowledged.note(0, 0, MILLIS);
        acknowledged.note(0, 1, MILLIS);

        assertMismatch(evidence(2, 2, 1, 0));
    }

    @Test
    void aRowMissingOrThereTwiceIsAMismatch() {
        acknowledged.note(0, 0, MILLIS);
        acknowledged.note(0, 1, MILLIS);

        assertMismatch(evidence(1, 1, 2, 0));
        assertMismatch(evidence(3, 2, 2, 0));
        assertMismatch(evidence(2, 1, 2, 0));
    }

    @Test
    void nothingAtAllIsNoProof() {
        assertThat(new Evidence(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), 0).agrees())
                .isFalse();
    }

    private static void assertMismatch(Evidence evidence) {
        assertThat(evidence.agrees()).isFalse();
        assertThat(evidence.table()).contains("MISMATCH");
    }

    private Evidence evidence(long rows, long distinct, long... committed) {
        SortedMap<Instant, ParquetEvidence.Hour> parquet = new TreeMap<>();
        parquet.put(HOUR, new ParquetEvidence.Hour(rows, distinct));
        return new Evidence(
                acknowledged.perHour(),
                parquet,
                acknowledged.perHourBelow(committed),
                acknowledged.unknownBelow(committed));
    }
}
