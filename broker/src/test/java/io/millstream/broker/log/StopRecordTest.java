package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StopRecordTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final TopicPartition VIEWS = new TopicPartition("views", 7);
    private static final ClosedLog END = new ClosedLog(10, 0, 100);

    @TempDir
    Path directory;

    private StopRecord stops;

    @BeforeEach
    void start() {
        stops = new StopRecord(SystemDisk.INSTANCE, directory);
        stops.begin();
    }

    @Test
    void aStopThatNamesEveryLogWasClean() {
        stops.leave(Map.of(CLICKS, END, VIEWS, END));

        StopRecord.Stop stop = stops.take(List.of(CLICKS, VIEWS));

        assertThat(stop.previous()).isEqualTo(PreviousStop.CLEAN);
        assertThat(stop.logs()).containsOnlyKeys(CLICKS, VIEWS);
    }

    /** A full disk, or one that fails, may not let a log be closed: after a loss of power its end would be missing. */
    @Test
    void aStopThatCouldNotCloseALogCountsAsADeath() {
        stops.leave(Map.of(CLICKS, END));

        StopRecord.Stop stop = stops.take(List.of(CLICKS, VIEWS));

        assertThat(stop.previous()).isEqualTo(PreviousStop.CRASH);
        assertThat(stop.logs()).as("those that were closed need no recovery").containsOnlyKeys(CLICKS);
    }

    @Test
    void aLogThatWasDeletedSinceDoesNotMatter() {
        stops.leave(Map.of(CLICKS, END, VIEWS, END));

        assertThat(stops.take(List.of(CLICKS)).previous()).isEqualTo(PreviousStop.CLEAN);
    }
}
