package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link Program} that serves until it is told to stop. Ends with the test at the latest. Not for use by several threads. */
final class StartedProgram implements AutoCloseable {

    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final Path output;

    /** @param output a file for both of its streams */
    StartedProgram(ProcessBuilder builder, Path output) {
        this.output = output;
        try {
            process = builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it printed so far. Fails if it has ended, since nothing that the test waits for would come then. */
    String output() {
        String printed = printed();
        assertThat(process.isAlive())
                .as("still runs, having printed:\n%s", printed)
                .isTrue();
        return printed;
    }

    private String printed() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to stop (SIGTERM), waits until it has, and returns all that it printed. */
    String stop() {
        process.destroy();
        awaitEnd();
        return printed();
    }

    /** Kills it at once (SIGKILL) and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("Did not stop:\n" + printed());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }
}
