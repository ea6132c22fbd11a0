package io.millstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;

/**
 * Where tasks in other processes meet the test: a task says where it has got to and stands still until the test lets it go on.
 * Safe for use by several threads.
 */
final class Meetings implements AutoCloseable {

    private static final String PORT = "test.meetings.port";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ServerSocket server;
    private final Map<String, CompletableFuture<Socket>> standing = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Meetings(ServerSocket server) {
        this.server = server;
    }

    static Meetings open() throws IOException {
        Meetings meetings = new Meetings(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        meetings.threads.execute(meetings::accept);
        return meetings;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket task = server.accept();
                threads.execute(() -> welcome(task));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void welcome(Socket task) {
        try {
            String place =
                    new BufferedReader(new InputStreamReader(task.getInputStream(), StandardCharsets.UTF_8)).readLine();
            if (place == null || !at(place).complete(task)) {
                task.close(); // one is enough: later attempts go on. A task that died before it said where is none
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletableFuture<Socket> at(String place) {
        return standing.computeIfAbsent(place, any -> new CompletableFuture<>());
    }

    /** For the configuration of the job. */
    void tell(Configuration conf) {
        conf.setInt(PORT, server.getLocalPort());
    }

    /** Waits until a task stands there. */
    void await(String place) {
        assertThat(at(place)).as("a task at " + place).succeedsWithin(PATIENCE);
    }

    /** Lets the task go on that stands there. */
    void goOn(String place) throws IOException {
        at(place).join().close();
    }

    /** Called by a task: stands still until the test lets it go on, or the test is over. */
    static void stand(Configuration conf, String place) throws IOException {
        try (Socket test = new Socket(InetAddress.getLoopbackAddress(), conf.getInt(PORT, 0))) {
            test.getOutputStream().write((place + "\n").getBytes(StandardCharsets.UTF_8));
            test.getOutputStream().flush();
            int end = test.getInputStream().read();
            if (end >= 0) {
                throw new IOException("The test says " + end + ", which means nothing");
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (CompletableFuture<Socket> each : standing.values()) {
            if (each.isDone()) {
                each.join().close();
            }
        }
        threads.shutdown();
    }
}
