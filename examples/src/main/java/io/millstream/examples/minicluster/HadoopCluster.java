package io.millstream.examples.minicluster;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;

/**
 * HDFS and YARN, started in a process of their own, since what they bring does not fit on one class path with Millstream's
 * libraries. They end with this process, however that ends. Safe for use by several threads.
 */
public final class HadoopCluster implements AutoCloseable {

    /** System property that names the folder with the program's {@code classes} and {@code lib}; the launcher sets it. */
    public static final String HOME = "millstream.minicluster";

    private static final String PROGRAM = "io.millstream.minicluster.MiniCluster";
    private static final long READY_SECONDS = 240;
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final Path directory;

    private HadoopCluster(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /**
     * Starts both and waits until they serve.
     *
     * @param directory for all that they write; made if it is missing
     * @throws IOException if they do not come to that; says where their log is
     */
    public static HadoopCluster start(Path directory) throws IOException {
        Files.createDirectories(directory);
        ensureUsable(directory);
        Path home = home();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+DisplayVMOutputToStderr", // warnings, which belong into the log
                "-cp",
                home.resolve("classes") + File.pathSeparator + home.resolve("lib") + File.separator + "*",
                PROGRAM,
                directory.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(log(directory).toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home")); // of the containers, too
        HadoopCluster cluster = new HadoopCluster(builder.start(), directory);
        try {
            cluster.awaitReady();
            return cluster;
        } catch (IOException e) {
            cluster.close();
            throw e;
        }
    }

    /** A data node takes its folders from a list, as URLs, and one with a percent sign for a format: then nothing says what is wrong. */
    private static void ensureUsable(Path directory) throws IOException {
        String path = directory.toRealPath().toFile().toURI().getRawPath();
        if (path.contains("%") || path.contains(",")) {
            throw new IOException("HDFS cannot keep its data in '" + directory.toRealPath()
                    + "': name a folder without spaces, commas or special characters in its path");
        }
    }

    private static Path home() throws IOException {
        Path home = Path.of(System.getProperty(HOME, "minicluster/target")).toAbsolutePath();
        if (!Files.isDirectory(home.resolve("lib"))) {
            throw new IOException("There is no mini cluster in " + home + ". Build it with mvn package");
        }
        return home;
    }

    private void awaitReady() throws IOException {
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(ready), "minicluster-output");
        reader.setDaemon(true);
        reader.start();
        try {
            if (!ready.get(READY_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("HDFS and YARN did not start. Their log is " + log(directory));
            }
        } catch (TimeoutException e) {
            throw new IOException(
                    "HDFS and YARN did not start in " + READY_SECONDS + " s. Their log is " + log(directory), e);
        } catch (ExecutionException e) {
            throw new IOException("HDFS and YARN did not start: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while HDFS and YARN were starting", e);
        }
    }

    /** To the end, since a full pipe would stop the cluster. What a JVM prints before its program does is not the answer. */
    private void read(CompletableFuture<Boolean> ready) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready ")) {
                    ready.complete(true);
                }
            }
            ready.complete(false);
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    private static Path log(Path directory) {
        return directory.resolve("minicluster.log");
    }

    /** What a client of both has to know; a new one each time. */
    public Configuration configuration() {
        Configuration conf = new Configuration();
        conf.addResource(new org.apache.hadoop.fs.Path(
                directory.resolve("conf").resolve("core-site.xml").toUri()));
        return conf;
    }

    /** The process, whose descendants are the containers. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** Ends both, and every container. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
                throw new IllegalStateException("HDFS and YARN did not end and were killed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** Containers first: they are descendants no longer once the process is gone. */
    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
