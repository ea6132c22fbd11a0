package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Document;
import io.millstream.hadoop.ingest.document.FileKind;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.Manifest;
import io.millstream.hadoop.ingest.document.ManifestFile;
import io.millstream.hadoop.ingest.document.OffsetSpan;
import io.millstream.hadoop.ingest.document.StagedFile;
import io.millstream.hadoop.ingest.document.TaskReport;
import io.millstream.hadoop.ingest.storage.HadoopStorage;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that changes what a task wrote, at the same length, is found out before the commit and before the publication. */
final class StagedBytesTest {

    private static final String STAGED = "_runs/run/1/tasks/000000/00000.parquet";
    private static final List<OffsetSpan> SPANS = List.of(new OffsetSpan(0, 0, 0, 1));

    @TempDir
    java.nio.file.Path folder;

    private HadoopStorage storage;
    private TargetLayout layout;
    private String crc32c;

    @BeforeEach
    void stage() throws IOException {
        Path to = new Path(folder.toUri());
        storage = HadoopStorage.of(to, new Configuration(), Set.of());
        layout = new TargetLayout(storage.qualify(to));
        storage.makeDirectories(layout.below(STAGED).getParent());
        storage.write(layout.below(STAGED), bytes("rows"));
        crc32c = FileChecksum.crc32c(storage, layout.below(STAGED));
        StagedFile file = new StagedFile("00000.parquet", FileKind.DATA, "clicks", "clicks", 4, crc32c, 1, SPANS);
        storage.write(
                new Path(layout.below(STAGED).getParent(), TargetLayout.REPORT),
                Document.write(new TaskReport(0, false, List.of(file), List.of(), List.of())));
    }

    @Test
    void whatIsAsItWasWrittenIsTakenAndPublished() throws IOException {
        assertThat(new RunReports(storage).read(layout.staging("run", 1))).hasSize(1);

        publish();

        assertThat(folder.resolve("clicks/clicks.parquet")).hasContent("rows");
    }

    @Test
    void changedBytesAreFoundBeforeTheCommit() throws IOException {
        Files.write(folder.resolve(STAGED), bytes("cows"));

        assertThatThrownBy(() -> new RunReports(storage).read(layout.staging("run", 1)))
                .isInstanceOf(IngestException.class)
                .hasMessageContainingAll("00000.parquet", crc32c, "Nothing was committed");
    }

    @Test
    void changedBytesAreNotPublished() throws IOException {
        Files.write(folder.resolve(STAGED), bytes("cows"));

        assertThatThrownBy(this::publish)
                .isInstanceOf(IngestException.class)
                .hasMessageContainingAll("00000.parquet", "clicks.parquet", crc32c);
        assertThat(folder.resolve("clicks")).doesNotExist();
    }

    private void publish() throws IOException {
        ManifestFile file =
                new ManifestFile(STAGED, "clicks/clicks.parquet", FileKind.DATA, "clicks", 4, crc32c, 1, SPANS);
        Manifest manifest = new Manifest("job", "run", 1, "record", List.of(), List.of(file), List.of());
        try (Progress progress = new LineProgress(new PrintStream(OutputStream.nullOutputStream()))) {
            new Publisher(storage, layout).publish(manifest, progress);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
