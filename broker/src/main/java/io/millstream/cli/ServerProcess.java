package io.millstream.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * A command that serves, in a JVM of its own with the flags and the class path of this one. It is not stopped by Ctrl-C, which
 * a terminal sends to both, but by {@link #close}, so that servers stop in order; and it does not outlive this process.
 *
 * <p>Safe for use by several threads.
 */
final class ServerProcess implements AutoCloseable {

    private static final String LOG_DIRECTORY = "MILLSTREAM_LOG_DIR";
    private static final long READY_SECONDS = 120;
    private static final long STOP_SECONDS = 60;

    private final String name;
    private final Process process;
    private final CompletableFuture<Map<String, String>> ready = new CompletableFuture<>();
    private volatile boolean stopping;

    private ServerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a server; does not wait until it serves.
     *
     * @param name of the server in messages, and of its directory where logs are kept
     * @param arguments of {@code millstream}
     */
    static ServerProcess start(String name, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Millstream.class.getName()));
        command.addAll(arguments);
        command.add(ParentWatch.OPTION);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().computeIfPresent(LOG_DIRECTORY, (variable, logs) -> Path.of(logs, name.replace(' ', '-'))
                .toString());
        try {
            return new ServerProcess(name, builder.start());
        } catch (IOException e) {
            throw new FailureException("Cannot start a process for " + name + " (" + e + ")", "Check JAVA_HOME", e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                ReadyLine.parse(line).ifPresent(ready::complete);
            }
            ready.completeExceptionally(new IOException("it ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /**
     * Waits until it serves; returns what its ready line says.
     *
     * @throws FailureException if it does not come to that; itself said why on standard error
     */
    Map<String, String> awaitReady() throws InterruptedException {
        try {
            return ready.get(READY_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new FailureException(
                    "The process of " + name + " does not serve", "Look at what it said above, or run with -v", e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /** Calls {@code action} with its exit code should it end before it is closed here. */
    void onUnexpectedEnd(IntConsumer action) {
        CompletableFuture<?> unused = process.onExit().thenAccept(ended -> {
            if (!stopping) {
                action.accept(ended.exitValue());
            }
        });
    }

    /** Asks it to stop (SIGTERM) and waits until it has. Does nothing if it has ended. */
    @Override
    public void close() {
        stopping = true;
        // The handle's, because the process's own would close the pipes under whoever reads them.
        boolean unused = process.toHandle().destroy();
        if (!hasEnded()) {
            Process killed = process.destroyForcibly();
            throw new IllegalStateException(
                    name + " (pid " + killed.pid() + ") did not stop within " + STOP_SECONDS + " s and was killed");
        }
    }

    private boolean hasEnded() {
        try {
            return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
