package io.millstream.benchmarks;

import io.millstream.core.BrokerEndpoint;
import io.millstream.net.Connection;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Readers of partition 0 of a topic, in a process of their own: each over a connection of its own, from its start to its end
 * and again from the start, outside sessions and groups, as many bytes a second as it is told. They look at batch headers
 * only, so that what they cost is the broker's work. Prints a line when all are connected; ends with its standard input.
 */
final class AdHocReaders {

    private static final int FETCH_BYTES = 256 * 1024;
    private static final int MAX_WAIT_MILLIS = 500;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong bytes = new AtomicLong();
    private final String topic;
    private final double bytesPerSecond;

    private AdHocReaders(String topic, double bytesPerSecond) {
        this.topic = topic;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Arguments: broker, topic, number of readers, MB (10^6 bytes) a second each, 0 for as fast as it goes. */
    public static void main(String[] args) throws Exception {
        AdHocReaders readers = new AdHocReaders(args[1], Double.parseDouble(args[3]) * 1e6);
        int count = Integer.parseInt(args[2]);
        Connections connections = Connections.tcp(ConnectionSettings.defaults("ad-hoc"));
        for (int i = 0; i < count; i++) {
            Connection connection =
                    connections.open(BrokerEndpoint.parse(args[0])).get(1, TimeUnit.MINUTES);
            readers.fetch(connection, 0, System.nanoTime());
        }
        System.out.println("connected");
        while (System.in.read() >= 0) {
            System.out.println(readers.bytes.get());
        }
        System.exit(0);
    }

    private void fetch(Connection connection, long offset, long dueNanos) {
        long early = dueNanos - System.nanoTime();
        if (early > 0) {
            var unused = timer.schedule(() -> fetch(connection, offset, dueNanos), early, TimeUnit.NANOSECONDS);
            return;
        }
        Fetch.Request request = new Fetch.Request(
                Fetch.CONSUMER,
                new Fetch.Bounds(MAX_WAIT_MILLIS, 1, FETCH_BYTES),
                Fetch.READ_UNCOMMITTED,
                Fetch.Session.NONE,
                List.of(new ByTopic<>(topic, List.of(Fetch.Query.consumer(0, Fetch.NO_EPOCH, offset, FETCH_BYTES)))),
                "");
        CompletableFuture<?> unused = connection
                .send(request, Fetch.Response.class)
                .thenAccept(response -> {
                    Fetch.Data data = response.topics().get(0).partitions().get(0);
                    if (data.error() != ErrorCode.NONE) {
                        throw new IllegalStateException("Fetching from offset " + offset + ": " + data.error());
                    }
                    ByteBuf records = data.recordBytes();
                    int size = records.readableBytes();
                    bytes.addAndGet(size);
                    long pause = bytesPerSecond > 0 ? (long) (size / bytesPerSecond * TimeUnit.SECONDS.toNanos(1)) : 0;
                    long next = end(records, offset);
                    fetch(connection, next >= data.highWatermark() ? 0 : next, dueNanos + pause);
                });
        unused.exceptionally(failure -> {
            System.err.println("A reader of " + topic + " at offset " + offset + " has failed: " + failure);
            System.exit(1); // fewer readers would make the figures better
            return null;
        });
    }

    /** Behind the last whole batch. */
    private static long end(ByteBuf records, long offset) {
        long end = offset;
        int index = records.readerIndex();
        while (RecordBatch.isWhole(records, index, records.writerIndex())) {
            RecordBatch batch = RecordBatch.at(records, index, records.writerIndex());
            end = batch.nextOffset();
            index = batch.endIndex();
        }
        return end;
    }

    /** The process, seen from outside. */
    static final class Fleet implements AutoCloseable {

        private final Process process;
        private final BufferedReader out;

        Fleet(String broker, String topic, int readers, double megabytesPerSecond) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            AdHocReaders.class.getName(),
                            broker,
                            topic,
                            Integer.toString(readers),
                            Double.toString(megabytesPerSecond))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            out = process.inputReader();
            if (out.readLine() == null) {
                throw new IllegalStateException("The readers did not start");
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // settled
        }

        long pid() {
            return process.pid();
        }

        /** Bytes read by all so far. */
        long bytes() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            return Long.parseLong(out.readLine());
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            process.destroy();
        }
    }
}
