package io.millstream.hadoop.ingest.storage;

import org.apache.hadoop.fs.Path;

/**
 * A file or a directory as it was found.
 *
 * @param path fully qualified
 * @param directory whether it is a directory
 * @param bytes length of a file; 0 for a directory
 */
public record FileEntry(Path path, boolean directory, long bytes) {

    /** The last component of the path. */
    public String name() {
        return path.getName();
    }
}
