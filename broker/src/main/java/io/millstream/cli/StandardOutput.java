package io.millstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * Where commands print, which remembers whether it took everything: Java's printing streams keep that to themselves, and data
 * that is cut short must not look like all there was. Safe for use by several threads.
 */
final class StandardOutput extends OutputStream {

    /** What could not be written. Of no interest to anybody if nobody reads it, as after {@code | head}. */
    static final class LostException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LostException(IOException cause) {
            super(cause);
        }
    }

    private final OutputStream out;
    private IOException lost;

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            lost = e;
            throw e;
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            lost = e;
            throw e;
        }
    }

    /** Whether something was lost that somebody wanted: null if not, else why. */
    synchronized IOException lost() {
        return lost == null || isGone(lost) ? null : lost;
    }

    /** Whether the reader went away, which ends a command without a word. */
    private static boolean isGone(IOException failure) {
        return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }
}
