package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.StagedFile;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * The files that a task has open, one per topic and hour: never more than a number of them, nor more than an amount of memory
 * in all. Where one is too many, the one that has waited longest is ended; should its hour come again it gets another file.
 * What goes into which file depends on the records and the limits alone. Not thread safe.
 */
final class RowFiles {

    /**
     * Limits.
     *
     * @param openFiles how many may be open
     * @param bufferedBytes how much of them may be in memory
     * @param fileBytes length at which a file is ended and another begun
     */
    record Bounds(int openFiles, long bufferedBytes, long fileBytes) {}

    /** Sizes are asked for after so many bytes of input, because asking each time costs more than the row. */
    private static final long CHECK_EVERY_BYTES = 1024 * 1024;

    private final TargetStorage storage;
    private final Path folder;
    private final ParquetFormat format;
    private final Bounds bounds;
    private final Map<String, RowFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<StagedFile> finished = new ArrayList<>();
    private int started;
    private long uncheckedBytes;

    RowFiles(TargetStorage storage, Path folder, ParquetFormat format, Bounds bounds) {
        this.storage = storage;
        this.folder = folder;
        this.format = format;
        this.bounds = bounds;
    }

    /** The open file for {@code target}, which becomes the last one to be ended early. */
    RowFile file(FileTarget target) throws IOException {
        RowFile file = open.get(target.folder());
        if (file == null) {
            while (open.size() >= bounds.openFiles()) {
                finishOldest();
            }
            file = new RowFile(
                    target, storage, format, new Path(folder, String.format(Locale.ROOT, "%05d.parquet", started++)));
            open.put(target.folder(), file);
        }
        return file;
    }

    /**
     * Tells that {@code inputBytes} more were written somewhere.
     *
     * @return whether files were ended, so that one kept from {@link #file} may be among them
     */
    boolean wrote(long inputBytes) throws IOException {
        uncheckedBytes += inputBytes;
        if (uncheckedBytes < CHECK_EVERY_BYTES) {
            return false;
        }
        uncheckedBytes = 0;
        int before = finished.size();
        finishLongOnes();
        while (!open.isEmpty() && bufferedBytes() > bounds.bufferedBytes()) {
            finishOldest();
        }
        return finished.size() > before;
    }

    private void finishLongOnes() throws IOException {
        Iterator<RowFile> files = open.values().iterator();
        while (files.hasNext()) {
            RowFile file = files.next();
            if (file.bytes() >= bounds.fileBytes()) {
                files.remove();
                finished.add(file.finish());
            }
        }
    }

    private long bufferedBytes() {
        return open.values().stream().mapToLong(RowFile::bufferedBytes).sum();
    }

    private void finishOldest() throws IOException {
        Iterator<RowFile> files = open.values().iterator();
        RowFile oldest = files.next();
        files.remove();
        finished.add(oldest.finish());
    }

    /** Ends all files. */
    List<StagedFile> finish() throws IOException {
        while (!open.isEmpty()) {
            finishOldest();
        }
        return finished;
    }

    /** Lets go of all that is open. */
    void abandon() throws IOException {
        for (RowFile file : open.values()) {
            file.abandon();
        }
        open.clear();
    }
}
