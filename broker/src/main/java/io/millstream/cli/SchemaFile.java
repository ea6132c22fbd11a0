package io.millstream.cli;

import io.millstream.schemas.SchemaText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A schema in a file, {@code -} for standard input. */
final class SchemaFile {

    private static final String INPUT = "-";

    private SchemaFile() {}

    /** Whether there is a file of that name. */
    static boolean exists(String name) {
        try {
            return Files.isRegularFile(Path.of(name));
        } catch (java.nio.file.InvalidPathException e) {
            return false;
        }
    }

    /** The file's text. */
    static String read(String file) {
        try (InputStream in = file.equals(INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(SchemaText.MAX_BYTES + 1);
            if (bytes.length > SchemaText.MAX_BYTES) {
                throw new FailureException(
                        file + " has more than " + SchemaText.MAX_BYTES + " bytes", "A schema is smaller than that");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new FailureException("There is no file " + file, "Name a file with an Avro schema", e);
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw new FailureException("Cannot read " + file + " (" + e + ")", "Name a file with an Avro schema", e);
        }
    }
}
