package io.millstream.hadoop.output;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.storage.FileEntry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Reads what tasks have staged from end to end, and counts it. */
final class StagedTasks {

    private static final int READ_BYTES = 1 << 20;

    /** From a million on numbers are longer than those before them. */
    private static final Comparator<FileEntry> BY_NUMBER =
            Comparator.<FileEntry>comparingInt(each -> each.name().length()).thenComparing(FileEntry::name);

    /** What goes to a partition. */
    record Total(UUID topicId, long records) {}

    /** What was found: files in the order of their tasks, and what goes where. */
    record Found(List<OutputManifest.File> files, SortedMap<TopicPartition, Total> totals) {}

    private final StagingPlace place;
    private final Runnable progress;

    /** @param progress called now and then */
    StagedTasks(StagingPlace place, Runnable progress) {
        this.place = place;
        this.progress = progress;
    }

    /** Looks at each batch. */
    @FunctionalInterface
    interface Check {
        /** @throws OutputException if it cannot be published */
        void look(StagedBatch batch) throws OutputException;
    }

    /** Reads the files of all tasks that are done. */
    Found readAll(Check check) throws IOException {
        if (place.storage().stat(place.tasks()).isEmpty()) {
            throw new OutputException("Staging folder " + place.root()
                    + " is gone: somebody has deleted it. Nothing is published; run the job again");
        }
        List<OutputManifest.File> files = new ArrayList<>();
        SortedMap<TopicPartition, Total> totals = new TreeMap<>();
        List<FileEntry> tasks = new ArrayList<>(place.storage().list(place.tasks()));
        tasks.sort(BY_NUMBER);
        for (FileEntry task : tasks) {
            files.add(read(StagingPlace.taskFile(task.name()), totals, check));
        }
        return new Found(List.copyOf(files), totals);
    }

    private OutputManifest.File read(String path, SortedMap<TopicPartition, Total> totals, Check check)
            throws IOException {
        try (StagedReader reader = open(path)) {
            for (StagedBatch batch = reader.next(); batch != null; batch = reader.next()) {
                progress.run();
                Total before = totals.getOrDefault(batch.partition(), new Total(batch.topicId(), 0));
                if (!before.topicId.equals(batch.topicId())) {
                    throw new OutputException("Staged file " + place.below(path) + " is for another topic "
                            + batch.partition().topic() + " than the files before it");
                }
                check.look(batch);
                totals.put(batch.partition(), new Total(before.topicId, before.records + batch.records()));
            }
            return new OutputManifest.File(path, reader.bytes(), reader.crc32c());
        }
    }

    /** Begins to read a file; {@code path} is relative to the staging folder. */
    StagedReader open(String path) throws IOException {
        String name = place.below(path).toString();
        return new StagedReader(new BufferedInputStream(place.storage().open(place.below(path)), READ_BYTES), name);
    }

    /**
     * Reads the files of a manifest, and sends nothing.
     *
     * @throws OutputException naming the file that is not as it was when it was decided to publish it
     */
    void ensureAre(OutputManifest manifest) throws IOException {
        for (OutputManifest.File listed : manifest.files()) {
            OutputManifest.File found = read(listed.path(), new TreeMap<>(), batch -> {});
            if (!found.equals(listed)) {
                throw new OutputException("Staged file " + place.below(listed.path())
                        + " is another one than when it was"
                        + " decided to publish it: " + found.bytes() + " bytes, CRC-32C " + found.crc32c() + ", not "
                        + listed.bytes() + " and " + listed.crc32c()
                        + ". Nothing more is sent; restore it from a backup");
            }
        }
    }
}
