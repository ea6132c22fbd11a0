package io.millstream.hadoop.ingest.document;

import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.storage.FolderNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes a run's manifest of its plan and its tasks' reports. Pure. */
public final class ManifestBuilder {

    private static final Comparator<Located> ORDER = Comparator.comparing(
                    (Located located) -> located.file().kind())
            .thenComparing(located -> located.file().topic())
            .thenComparing(located -> located.file().folder())
            .thenComparing(Located::taskFolder)
            .thenComparing(located -> located.file().name());

    private ManifestBuilder() {}

    private record Located(String taskFolder, StagedFile file) {}

    /**
     * The manifest.
     *
     * @param reports of all tasks, by the folder that holds a task's files, relative to the target
     * @throws IngestException if the reports do not account for every planned offset
     */
    public static Manifest build(IngestPlan plan, Map<String, TaskReport> reports) {
        List<PartitionTotals> totals = Accounting.prove(plan, List.copyOf(reports.values()));
        List<Located> files = new ArrayList<>();
        reports.forEach((folder, report) -> report.files().forEach(file -> files.add(new Located(folder, file))));
        files.sort(ORDER);
        Map<String, Integer> numbers = new HashMap<>();
        List<ManifestFile> listed = new ArrayList<>();
        for (Located located : files) {
            StagedFile file = located.file();
            int number = numbers.merge(file.kind() + "/" + file.topic(), 1, Integer::sum) - 1;
            listed.add(new ManifestFile(
                    located.taskFolder() + "/" + file.name(),
                    file.folder() + "/" + publishedName(file.topic(), plan.run(), number),
                    file.kind(),
                    file.topic(),
                    file.bytes(),
                    file.crc32c(),
                    file.rows(),
                    file.spans()));
        }
        List<TopicTotals> topics = plan.topics().stream()
                .map(topic -> new TopicTotals(topic.topic(), topic.topicId(), topic.schemaId()))
                .toList();
        return new Manifest(plan.job(), plan.run(), plan.fence(), plan.time(), topics, listed, totals);
    }

    private static String publishedName(String topic, String run, int number) {
        return String.format(Locale.ROOT, "%s-%s-%05d.parquet", FolderNames.of(new TopicName(topic)), run, number);
    }
}
