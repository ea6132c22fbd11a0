package io.millstream.hadoop.ingest.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.Path;

/**
 * Renames on a local disk. Hadoop's own looks for the target and then renames, so that it may overwrite what appears in
 * between, and copies where renaming fails. Here a file is linked to its new name, which fails where one exists, and then
 * loses the old one; who dies in between leaves one file with two names. A directory is renamed by the operating system,
 * which refuses a target that is not empty.
 */
final class LocalRename implements AtomicRename {

    @Override
    public Renamed rename(Path from, Path to) throws IOException {
        java.nio.file.Path source = local(from);
        java.nio.file.Path target = local(to);
        if (Files.exists(target)) {
            return Renamed.TARGET_EXISTS;
        }
        try {
            if (Files.isDirectory(source)) {
                Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                moveFile(source, target);
            }
        } catch (FileAlreadyExistsException e) {
            return Renamed.TARGET_EXISTS;
        } catch (NoSuchFileException e) {
            if (Files.exists(source)) {
                throw e;
            }
            return Renamed.SOURCE_MISSING;
        } catch (FileSystemException e) {
            if (Files.exists(target) && Files.exists(source)) {
                return Renamed.TARGET_EXISTS;
            }
            throw e;
        }
        sync(target.getParent());
        return Renamed.DONE;
    }

    private static void moveFile(java.nio.file.Path source, java.nio.file.Path target) throws IOException {
        try {
            Files.createLink(target, source);
        } catch (UnsupportedOperationException noHardLinks) { // how the JDK says that the file system has none
            Files.move(source, target);
            return;
        }
        Files.delete(source);
    }

    /** Puts the directory's entries on the disk. */
    static void sync(java.nio.file.Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }
}
