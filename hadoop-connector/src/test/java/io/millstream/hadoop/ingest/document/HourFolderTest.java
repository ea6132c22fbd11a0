package io.millstream.hadoop.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HourFolderTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T06:59:59.999Z, dt=2026-11-22/hour=06",
        "2026-11-22T07:00:00Z,     dt=2026-11-22/hour=07",
        "2026-11-22T07:59:59.999Z, dt=2026-11-22/hour=07",
        "2026-11-22T23:59:59.999Z, dt=2026-11-22/hour=23",
        "2026-11-23T00:00:00Z,     dt=2026-11-23/hour=00",
        "2024-02-29T12:00:00Z,     dt=2024-02-29/hour=12",
        "2016-12-31T23:59:59.999Z, dt=2016-12-31/hour=23",
        "1970-01-01T00:00:00Z,     dt=1970-01-01/hour=00",
        "1969-12-31T23:59:59.999Z, dt=1969-12-31/hour=23",
        "1969-12-31T23:00:00Z,     dt=1969-12-31/hour=23",
        "1969-12-31T22:59:59.999Z, dt=1969-12-31/hour=22",
        "0001-01-01T00:00:00Z,     dt=0001-01-01/hour=00",
        "9999-12-31T23:59:59.999Z, dt=9999-12-31/hour=23"
    })
    void aTimestampGoesToTheFolderOfItsHourInUtc(String time, String folder) {
        assertThat(folderOf(Instant.parse(time).toEpochMilli())).isEqualTo(folder);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {HourFolder.NO_TIME, Long.MIN_VALUE + 1, Long.MAX_VALUE, -62_135_596_800_001L, 253_402_300_800_000L
            })
    void whatHasNoHourThatAFolderCanHaveGoesToTheFolderThatHiveReadsAsNull(long millis) {
        assertThat(folderOf(millis)).isEqualTo("dt=__HIVE_DEFAULT_PARTITION__/hour=__HIVE_DEFAULT_PARTITION__");
    }

    @Test
    void microsecondsTakenForMillisecondsDoNotMakeAFolderPerRecord() {
        long micros = Instant.parse("2026-11-22T07:00:00Z").toEpochMilli() * 1000;

        assertThat(folderOf(micros))
                .isEqualTo(folderOf(micros + 3_600_000_000L))
                .contains("__HIVE_DEFAULT_PARTITION__");
    }

    private static String folderOf(long millis) {
        return HourFolder.of(HourFolder.hour(millis));
    }
}
