package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Path;

/** What a file's bytes add up to, as reports and manifests have it. */
final class FileChecksum {

    private static final int BUFFER_BYTES = 256 * 1024;

    private FileChecksum() {}

    /** CRC-32C of all bytes of {@code file}, 8 hex digits. Reads it whole. */
    static String crc32c(TargetStorage storage, Path file) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = storage.open(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
            }
        }
        return String.format("%08x", crc.getValue());
    }
}
