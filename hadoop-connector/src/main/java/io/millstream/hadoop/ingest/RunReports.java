package io.millstream.hadoop.ingest;

import io.millstream.coordination.Document;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.Rejected;
import io.millstream.hadoop.ingest.document.StagedFile;
import io.millstream.hadoop.ingest.document.TaskReport;
import io.millstream.hadoop.ingest.storage.FileEntry;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** The reports of a run's finished tasks, compared with the files that are really there. */
final class RunReports {

    private static final int NAMED = 5;

    private final TargetStorage storage;

    RunReports(TargetStorage storage) {
        this.storage = storage;
    }

    /**
     * Reads all reports.
     *
     * @param staging the run's staging folder
     * @return by the name of the task's folder
     * @throws IngestException if a file that a report lists is not there as listed
     */
    Map<String, TaskReport> read(Path staging) throws IOException {
        Map<String, TaskReport> reports = new TreeMap<>();
        for (FileEntry task : storage.list(TargetLayout.tasks(staging))) {
            Path path = new Path(task.path(), TargetLayout.REPORT);
            TaskReport report = Document.read(storage.read(path), TaskReport.class, path.toString());
            ensureFilesAreThere(task.path(), report);
            reports.put(task.name(), report);
        }
        return reports;
    }

    private void ensureFilesAreThere(Path folder, TaskReport report) throws IOException {
        Map<String, FileEntry> found =
                storage.list(folder).stream().collect(Collectors.toMap(FileEntry::name, Function.identity()));
        for (StagedFile file : report.files()) {
            FileEntry entry = found.get(file.name());
            if (entry == null || entry.bytes() != file.bytes()) {
                throw new IngestException(
                        "Task " + report.task() + " reports " + file.bytes() + " bytes in " + folder + "/"
                                + file.name() + ", which "
                                + (entry == null ? "is not there" : "has " + entry.bytes())
                                + ". Nothing was committed; run again");
            }
            if (storage.isNear()) {
                ensureBytesAreThere(entry.path(), file);
            }
        }
    }

    private void ensureBytesAreThere(Path path, StagedFile file) throws IOException {
        String found = FileChecksum.crc32c(storage, path);
        if (!found.equals(file.crc32c())) {
            throw new IngestException(path + " has CRC-32C " + found + ", and was written with " + file.crc32c()
                    + ": its bytes were changed on the disk. Nothing was committed; run again");
        }
    }

    /**
     * Fails the run if too many records could not be decoded.
     *
     * @throws IngestException naming the first few
     */
    static void ensureWithinBudget(Iterable<TaskReport> reports, long most) {
        long quarantined = 0;
        boolean gaveUp = false;
        List<Rejected> named = new java.util.ArrayList<>();
        for (TaskReport report : reports) {
            gaveUp |= report.overBudget();
            named.addAll(report.rejected());
            for (StagedFile file : report.files()) {
                quarantined += switch (file.kind()) {
                    case DATA -> 0;
                    case QUARANTINE -> file.rows();
                };
            }
        }
        if (quarantined > most || gaveUp) {
            String first = named.stream().limit(NAMED).map(Rejected::toString).collect(Collectors.joining("; "));
            throw new IngestException((gaveUp ? "At least " : "") + quarantined + " records could not be decoded, "
                    + "millstream.ingest.quarantine.max.records allows " + most + ". The first: " + first
                    + ". Nothing was committed; fix the producer or raise the limit");
        }
    }
}
