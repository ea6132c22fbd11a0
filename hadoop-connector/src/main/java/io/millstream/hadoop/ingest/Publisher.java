package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.Manifest;
import io.millstream.hadoop.ingest.document.ManifestFile;
import io.millstream.hadoop.ingest.document.Publication;
import io.millstream.hadoop.ingest.document.Publication.Found;
import io.millstream.hadoop.ingest.storage.FileEntry;
import io.millstream.hadoop.ingest.storage.Renamed;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * Moves the files of a committed run to their places. May be begun, cut short and begun again by anybody, also by two at the
 * same time: a file in its place stays, and nothing is ever overwritten.
 */
final class Publisher {

    private static final int ATTEMPTS = 4;

    private final TargetStorage storage;
    private final TargetLayout layout;
    private final Set<Path> madeFolders = new HashSet<>();

    Publisher(TargetStorage storage, TargetLayout layout) {
        this.storage = storage;
        this.layout = layout;
    }

    /** @throws IngestException naming both paths of a file that is neither here nor there as it should be */
    void publish(Manifest manifest, Progress progress) throws IOException {
        long done = 0;
        for (ManifestFile file : manifest.files()) {
            publish(file);
            progress.published(++done, manifest.files().size());
        }
    }

    private void publish(ManifestFile file) throws IOException {
        Path staged = layout.below(file.staged());
        Path published = layout.below(file.published());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            switch (Publication.next(staged(staged, file), published(published, file))) {
                case NONE -> {
                    return;
                }
                case DROP_STAGED -> storage.delete(staged);
                case RENAME -> {
                    if (madeFolders.add(published.getParent())) {
                        storage.makeDirectories(published.getParent());
                    }
                    if (storage.rename(staged, published) == Renamed.DONE) {
                        return;
                    }
                    // Somebody else moved or removed one of them meanwhile: the next look tells what is there now.
                }
                case STOP -> throw stuck(file, staged, published);
            }
        }
        throw stuck(file, staged, published);
    }

    /** The staged file by its length, and by its bytes where they are near: elsewhere its file system watches over them. */
    private Found staged(Path path, ManifestFile file) throws IOException {
        Optional<FileEntry> found = storage.stat(path);
        if (found.isEmpty()) {
            return Found.NOTHING;
        }
        boolean same = isFileOf(found.get(), file)
                && (!storage.isNear() || FileChecksum.crc32c(storage, path).equals(file.crc32c()));
        return same ? Found.AS_LISTED : Found.DIFFERENT;
    }

    /** The published file by all its bytes. They are read only where an earlier publication was cut short. */
    private Found published(Path path, ManifestFile file) throws IOException {
        Optional<FileEntry> found = storage.stat(path);
        if (found.isEmpty()) {
            return Found.NOTHING;
        }
        boolean same = isFileOf(found.get(), file)
                && FileChecksum.crc32c(storage, path).equals(file.crc32c());
        return same ? Found.AS_LISTED : Found.DIFFERENT;
    }

    private static boolean isFileOf(FileEntry found, ManifestFile file) {
        return !found.directory() && found.bytes() == file.bytes();
    }

    private static IngestException stuck(ManifestFile file, Path staged, Path published) {
        return new IngestException(
                "Cannot publish " + staged + " as " + published + ": the manifest lists " + file.bytes()
                        + " bytes with CRC-32C " + file.crc32c()
                        + ", and neither place has just that. Find out who changed one of them, put it back, and run again");
    }
}
