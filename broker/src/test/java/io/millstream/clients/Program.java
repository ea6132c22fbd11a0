package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.ClassArchive;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of the machine's that a test runs. Where it is missing the test is skipped with the reason, unless {@code
 * -Dmillstream.clients.required=true} says that nothing may be missing: then it fails.
 */
public final class Program {

    private static final String REQUIRED = "millstream.clients.required";
    private static final int PATIENCE_SECONDS = 120;

    private final List<String> start;
    private final Map<String, String> environment;
    private final Optional<ClassArchive> classes;

    private Program(List<String> start, Map<String, String> environment, Optional<ClassArchive> classes) {
        this.start = start;
        this.environment = environment;
        this.classes = classes;
    }

    /**
     * A program on the path.
     *
     * @param origin where one gets it
     */
    public static Program onPath(String name, String origin) {
        for (String directory : System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file)) {
                return at(file, origin);
            }
        }
        throw missing(name, origin);
    }

    /** A program at a known place. */
    static Program at(Path file, String origin) {
        if (!Files.isExecutable(file)) {
            throw missing(file.toString(), origin);
        }
        return new Program(List.of(file.toString()), Map.of(), Optional.empty());
    }

    /** The Java of this test, with the jars of a directory that the build filled, and a main class. */
    public static Program java(Path jars, String mainClass) {
        return java(List.of("-Xmx256m"), jars, mainClass);
    }

    /** As {@link #java(Path, String)}, for what tests run again and again: its classes are kept from one run to the next. */
    public static Program tool(Path jars, String mainClass) {
        Program tool = java(jars, mainClass);
        return new Program(tool.start, Map.of(), Optional.of(ClassArchive.of(jars)));
    }

    /**
     * As {@link #java(Path, String)}.
     *
     * @param main a main class, or a Java source file that is compiled as it starts
     */
    static Program java(List<String> flags, Path jars, String main) {
        List<String> start = new ArrayList<>();
        start.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        start.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        start.addAll(flags);
        start.addAll(List.of("-cp", jars + "/*", main));
        return new Program(start, Map.of(), Optional.empty());
    }

    /** The test is skipped or fails; nothing comes back. */
    static RuntimeException missing(String what, String origin) {
        String reason = what + " is missing: " + origin;
        if (Boolean.getBoolean(REQUIRED)) {
            throw new AssertionError(reason + ", and -D" + REQUIRED + "=true");
        }
        System.err.println("Skipped: " + reason);
        return Assumptions.abort(reason);
    }

    Program with(String variable, String value) {
        return new Program(start, Map.of(variable, value), classes);
    }

    /** Runs it with nothing to read; returns what it printed to standard output. It must succeed. */
    public String run(String... arguments) {
        return feed("", arguments);
    }

    /** As {@link #run}, with {@code input} to read. */
    public String feed(String input, String... arguments) {
        Ended ended = end(input, arguments);
        assertThat(ended.code()).as("exit code, after it printed:\n%s", ended).isZero();
        return ended.output();
    }

    /**
     * Starts it and lets it run.
     *
     * @param output a file to which both of its streams are added
     */
    StartedProgram start(Path output, String... arguments) {
        ClassArchive.Run run = classes.map(ClassArchive::run).orElse(ClassArchive.Run.PLAIN);
        ProcessBuilder builder = new ProcessBuilder(command(run, arguments));
        builder.environment().putAll(environment);
        return new StartedProgram(builder, output);
    }

    private List<String> command(ClassArchive.Run run, String... arguments) {
        List<String> command = new ArrayList<>(start);
        command.addAll(1, run.flags());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs it to its end, however that is. */
    Ended end(String input, String... arguments) {
        ClassArchive.Run run = classes.map(ClassArchive::runToEnd).orElse(ClassArchive.Run.PLAIN);
        List<String> command = command(run, arguments);
        try {
            // Errors go to a file: nobody has to read them while the output is read.
            Path errors = Files.createTempFile("program", ".err");
            try {
                Ended ended = end(command, input, errors);
                run.over(ended.code() == 0);
                return ended;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Ended end(List<String> command, String input, Path errors) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        // The handle's, because the process's own would close the pipe under the reader below.
        var unused = process.onExit()
                .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenAccept(overdue -> overdue.toHandle().destroyForcibly());
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(command, process.waitFor(), output, Files.readString(errors));
    }

    /** How a program ended. */
    record Ended(List<String> command, int code, String output, String errors) {

        @Override
        public String toString() {
            return String.join(" ", command) + "\n" + output + "\n" + errors;
        }
    }
}
