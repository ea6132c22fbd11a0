package io.millstream.hadoop.ingest;

import java.io.PrintStream;

/** Progress as plain lines, a few for each phase. Safe for use by several threads. */
final class LineProgress implements Progress {

    private static final int STEP_PERCENT = 10;
    private static final int FILES_PER_LINE = 500;

    private final PrintStream err;
    private int lastPercent;

    LineProgress(PrintStream err) {
        this.err = err;
    }

    @Override
    public synchronized void say(String line) {
        err.println(line);
    }

    @Override
    public synchronized void read(float share) {
        int percent = (int) (share * 100);
        if (percent >= lastPercent + STEP_PERCENT) {
            lastPercent = percent - percent % STEP_PERCENT;
            err.println("reading: " + percent + " %");
        }
    }

    @Override
    public synchronized void published(long files, long of) {
        if (files == of || files % FILES_PER_LINE == 0) {
            err.println("published " + files + " of " + of + " files");
        }
    }

    @Override
    public void close() {
        // Lines are complete.
    }
}
