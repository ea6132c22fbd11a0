package io.millstream.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines of bytes, each up to a line feed or the end, which do not count. Not for use by several threads. */
final class InputLines {

    /** More than any record may have. */
    private static final int LONGEST = 128 * 1024 * 1024;

    private final InputStream in;
    private long number;

    InputLines(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /** The next line; null behind the last. */
    byte[] next() {
        try {
            int read = in.read();
            if (read < 0) {
                return null;
            }
            number++;
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (; read >= 0 && read != '\n'; read = in.read()) {
                line.write(read);
                if (line.size() > LONGEST) {
                    throw new FailureException(
                            "Line " + number + " has more than " + LONGEST + " bytes",
                            "A record is a line: is the input what you mean?");
                }
            }
            return line.toByteArray();
        } catch (IOException e) {
            throw new FailureException(
                    "Cannot read standard input behind line " + number + " (" + e + ")", "Try again", e);
        }
    }

    /** The number of the line that was read last, from 1. */
    long number() {
        return number;
    }
}
