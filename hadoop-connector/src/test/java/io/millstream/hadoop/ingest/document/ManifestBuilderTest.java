package io.millstream.hadoop.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Document;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ManifestBuilderTest {

    private static final String HOUR_6 = "clicks/dt=2026-11-22/hour=06";
    private static final String HOUR_7 = "clicks/dt=2026-11-22/hour=07";

    private final IngestPlan plan = AccountingTest.plan(new PartitionPlan("clicks", 0, 0, 4));

    @Test
    void filesAreNumberedByHourAndTaskWhateverTheOrderOfTheReports() {
        TaskReport first = task(0, 0, file("00000.parquet", HOUR_7, 0), file("00001.parquet", HOUR_6, 1));
        TaskReport second = task(1, 2, file("00000.parquet", HOUR_6, 2), file("00001.parquet", HOUR_7, 3));

        Manifest manifest = ManifestBuilder.build(
                plan, Map.of("_runs/run/1/tasks/000001", second, "_runs/run/1/tasks/000000", first));

        assertThat(manifest.files())
                .extracting(ManifestFile::staged, ManifestFile::published)
                .containsExactly(
                        tuple("_runs/run/1/tasks/000000/00001.parquet", HOUR_6 + "/clicks-run-00000.parquet"),
                        tuple("_runs/run/1/tasks/000001/00000.parquet", HOUR_6 + "/clicks-run-00001.parquet"),
                        tuple("_runs/run/1/tasks/000000/00000.parquet", HOUR_7 + "/clicks-run-00002.parquet"),
                        tuple("_runs/run/1/tasks/000001/00001.parquet", HOUR_7 + "/clicks-run-00003.parquet"));
    }

    @Test
    void aManifestIsReadBackAsItWasWritten() {
        TaskReport report = new TaskReport(
                0,
                false,
                List.of(file("00000.parquet", HOUR_7, 0)),
                List.of(new RangeAccount("clicks", 0, 0, 4, 1, 0, 0, 3)),
                List.of());
        Manifest manifest = ManifestBuilder.build(plan, Map.of("tasks/0", report));

        byte[] document = Document.write(manifest);

        assertThat(Document.read(document, Manifest.class, "manifest")).isEqualTo(manifest);
        assertThat(new String(document, java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("{\"version\":1,");
    }

    private static org.assertj.core.groups.Tuple tuple(String staged, String published) {
        return org.assertj.core.groups.Tuple.tuple(staged, published);
    }

    private static TaskReport task(int task, long from, StagedFile... files) {
        return new TaskReport(
                task,
                false,
                List.of(files),
                List.of(new RangeAccount("clicks", 0, from, from + 2, 2, 0, 0, 0)),
                List.of());
    }

    private static StagedFile file(String name, String folder, long offset) {
        return new StagedFile(
                name,
                FileKind.DATA,
                "clicks",
                folder,
                10,
                "0123abcd",
                1,
                List.of(new OffsetSpan(0, offset, offset, 1)));
    }
}
