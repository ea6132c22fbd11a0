package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTest {

    @TempDir
    Path directory;

    private final ManualLoop worker = new ManualLoop();
    private final LogContext context =
            new LogContext(HookedDisk.quick(), new ManualClock(0), worker, new Flusher(new ManualLoop()));
    private Segment segment;

    @BeforeEach
    void create() {
        segment = Segment.create(context, directory, 0);
    }

    @Test
    void whoReadsADeletedSegmentLastDeletesItsFiles() throws Exception {
        DiskFile read = segment.retain();
        segment.delete();
        worker.run();
        assertThat(read.isOpen()).isTrue();

        segment.release();
        worker.run();

        assertThat(read.isOpen()).isFalse();
        assertThat(files()).isZero();
    }

    @Test
    void whoReadsADeletedSegmentWhenTheWorkerHasClosedLeavesItsFilesClosedForTheNextStart() throws Exception {
        DiskFile read = segment.retain();
        segment.delete();
        worker.close();

        segment.release();

        assertThat(read.isOpen()).isFalse();
        assertThat(files()).isPositive();
    }

    private long files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }
}
