package io.millstream.hadoop.ingest.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/**
 * What the ingest job needs of the file system it writes to. Everything it writes is on the disks when a call returns, as
 * far as the file system offers that. Safe for use by several threads.
 */
public interface TargetStorage {

    /** Largest document (plan, report, manifest) that is read, in bytes. */
    int MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

    /**
     * Whether reading costs no network: then what was written is read once more before it counts. Where it does cost, the file
     * system is one that keeps checksums and checks them itself whenever it reads, as HDFS does.
     */
    boolean isNear();

    /** The file or directory at {@code path}; empty if there is none. */
    Optional<FileEntry> stat(Path path) throws IOException;

    /** What lies in {@code directory}, sorted by name; empty if there is no such directory. */
    List<FileEntry> list(Path directory) throws IOException;

    /** The bytes of {@code file}. */
    InputStream open(Path file) throws IOException;

    /**
     * Starts a file. Fails if there is one, or if its directory does not exist: who is late writes nothing into what was cleared.
     */
    FSDataOutputStream create(Path file) throws IOException;

    /** Makes {@code directory} and what is missing above it; what exists stays as it is. */
    void makeDirectories(Path directory) throws IOException;

    /**
     * Makes {@code from}, a file or a directory that is not empty, {@code to}. One step for everybody who looks; where {@code to}
     * exists nothing happens, even if it appears at the same moment. The directory of {@code to} must exist.
     */
    Renamed rename(Path from, Path to) throws IOException;

    /** Removes {@code path} and all below it. Fine if there is nothing. */
    void delete(Path path) throws IOException;

    /** Removes a directory in which there is nothing, in one step. Fine if there is something, or no such directory. */
    void deleteIfEmpty(Path directory) throws IOException;

    /** Writes a whole new file. Fails as {@link #create} does. */
    default void write(Path file, byte[] content) throws IOException {
        try (FSDataOutputStream out = create(file)) {
            out.write(content);
            out.hsync();
        }
    }

    /** The content of a document. Refuses more than {@link #MAX_DOCUMENT_BYTES}. */
    default byte[] read(Path file) throws IOException {
        try (InputStream in = open(file)) {
            byte[] content = in.readNBytes(MAX_DOCUMENT_BYTES + 1);
            if (content.length > MAX_DOCUMENT_BYTES) {
                throw new IOException(
                        file + " has more than " + MAX_DOCUMENT_BYTES + " bytes; it is no document of ours");
            }
            return content;
        }
    }
}
