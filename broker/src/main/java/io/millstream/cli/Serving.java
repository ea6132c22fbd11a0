package io.millstream.cli;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.ExitCode;

/**
 * A command that serves until it is told to stop: by SIGTERM or Ctrl-C, which end it cleanly and with exit code 0.
 * Whatever was started is closed in the reverse order, also when the start fails half-way.
 */
final class Serving implements AutoCloseable {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final PrintWriter err;
    private boolean signalled;

    Serving(PrintWriter err) {
        this.err = err;
        Runtime.getRuntime().addShutdownHook(new Thread(this::signalled, "millstream-stop"));
    }

    /** Remembers what is to be closed. */
    synchronized <T extends AutoCloseable> T add(T what) {
        started.push(what);
        return what;
    }

    /** Waits for the signal. */
    void untilStopped() throws InterruptedException {
        stopped.await();
    }

    /** The JVM would exit with 143 or 130 after a signal; a stop that was asked for and went well is a success. */
    private void signalled() {
        synchronized (this) {
            if (started.isEmpty()) {
                return; // the command ended by itself
            }
            signalled = true;
        }
        boolean clean = closeAll();
        stopped.countDown();
        Runtime.getRuntime().halt(clean ? ExitCode.OK : ExitCode.SOFTWARE);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (signalled) {
                return;
            }
        }
        closeAll();
    }

    private synchronized boolean closeAll() {
        boolean clean = true;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) { // whatever one throws, the others must be closed
                err.println("millstream: Stopping was not clean: " + e + ". Look at the log.");
                err.flush();
                clean = false;
            }
        }
        return clean;
    }
}
