package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.PartitionState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker that is stopped hands over what it leads first; one that is alone just goes. */
final class ControlledShutdownTest {

    private static final Logger log = LoggerFactory.getLogger(ControlledShutdownTest.class);

    @TempDir
    static Path directory;

    private static Fleet fleet;

    @BeforeAll
    static void start() throws IOException {
        fleet = new Fleet(directory, 3, "min.insync.replicas", "2");
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    /** Sends one record after the other until told to stop; knows the longest time without an answer. */
    private static final class Writer implements Runnable, AutoCloseable {
        private final KafkaProducer<String, String> producer;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread = new Thread(this, "writer");
        private final List<Long> offsets = new ArrayList<>();
        private volatile int written;
        private volatile long longestNanos;
        private volatile Exception failure;

        Writer() {
            producer = new KafkaProducer<>(
                    java.util.Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, fleet.bootstrap(),
                            ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 10,
                            ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 20),
                    new StringSerializer(),
                    new StringSerializer());
            thread.start();
        }

        @Override
        public void run() {
            try {
                long before = System.nanoTime();
                while (!stopped.get()) {
                    Future<RecordMetadata> sent =
                            producer.send(new ProducerRecord<>("written", 0, null, "record " + written));
                    offsets.add(sent.get(60, TimeUnit.SECONDS).offset());
                    long now = System.nanoTime();
                    longestNanos = Math.max(longestNanos, written == 0 ? 0 : now - before);
                    before = now;
                    written = offsets.size();
                }
            } catch (InterruptedException | ExecutionException | java.util.concurrent.TimeoutException e) {
                failure = e;
            }
        }

        @Override
        public void close() {
            finish();
            producer.close();
        }

        /** What has been written and how it went may be looked at afterwards. */
        private void finish() {
            stopped.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void whatABrokerLedIsLedByAnotherBeforeItGoesAndNothingIsLost() {
        // given
        fleet.createAt("written", 2, 1, 3);
        fleet.create("many", 100, 3);
        PartitionState before = fleet.state("written", 0);

        // when
        int written;
        try (Writer writer = new Writer()) {
            Fleet.eventually(() -> assertThat(writer.written).isGreaterThan(100));
            fleet.stop(2);
            int then = writer.written;
            Fleet.eventually(() -> assertThat(writer.written).isGreaterThan(then + 100));
            writer.finish();
            log.info("Longest wait for an answer: {} ms", TimeUnit.NANOSECONDS.toMillis(writer.longestNanos));
            assertThat(writer.failure).isNull();
            written = writer.written;
            assertThat(writer.offsets)
                    .isEqualTo(
                            IntStream.range(0, written).mapToObj(Long::valueOf).toList());
        }

        // then there was one new term, not one for the handover and one for the broker's death
        PartitionState after = fleet.state("written", 0);
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.leaderEpoch()).isEqualTo(before.leaderEpoch() + 1);
        assertThat(after.isr()).containsExactlyInAnyOrder(1, 3);
        for (int partition = 0; partition < 100; partition++) {
            PartitionState state = fleet.state("many", partition);
            assertThat(state.leader()).isNotEqualTo(2);
            assertThat(state.leaderEpoch()).isLessThanOrEqualTo(1);
            assertThat(state.isr()).containsExactlyInAnyOrder(1, 3);
        }
        assertThat(KafkaClients.consume(fleet.bootstrap(), "written", 1)).hasSize(written);

        // when it comes back
        fleet.start(2);

        // then
        fleet.awaitInSync("written", 1, 2, 3);
    }
}
