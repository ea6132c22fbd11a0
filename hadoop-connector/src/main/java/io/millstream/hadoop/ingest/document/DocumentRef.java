package io.millstream.hadoop.ingest.document;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A document that lies in a file, named from ZooKeeper.
 *
 * @param path relative to the target
 * @param sha256 of its bytes, in hex
 */
public record DocumentRef(String path, String sha256) {

    public static DocumentRef of(String path, byte[] content) {
        return new DocumentRef(path, sha256(content));
    }

    /** @throws IngestException unless {@code content} is what was written */
    public void ensureIs(byte[] content) {
        String found = sha256(content);
        if (!found.equals(sha256)) {
            throw new IngestException("Document " + path + " was changed after it was written: SHA-256 " + found
                    + ", expected " + sha256 + ". Restore it from a backup; nothing was touched");
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return path;
    }
}
