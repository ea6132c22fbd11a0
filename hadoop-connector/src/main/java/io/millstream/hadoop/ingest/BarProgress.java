package io.millstream.hadoop.ingest;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Progress as a bar on a terminal. Safe for use by several threads. */
final class BarProgress implements Progress {

    private static final int PERCENT = 100;
    private static final int UPDATE_MILLIS = 200;

    private final PrintStream err;
    private ProgressBar bar;
    private String phase = "";

    BarProgress(PrintStream err) {
        this.err = err;
    }

    @Override
    public synchronized void say(String line) {
        close();
        err.println(line);
    }

    @Override
    public synchronized void read(float share) {
        bar("reading", PERCENT).stepTo((long) (share * PERCENT));
    }

    @Override
    public synchronized void published(long files, long of) {
        bar("publishing", of).stepTo(files);
        if (files == of) {
            close();
        }
    }

    private ProgressBar bar(String name, long max) {
        if (!name.equals(phase)) {
            close();
            phase = name;
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(max)
                    .setUpdateIntervalMillis(UPDATE_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(err))
                    .build();
        }
        return bar;
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            phase = "";
        }
    }
}
