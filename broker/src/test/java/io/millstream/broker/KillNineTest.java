package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stock idempotent producer under load while the broker is killed again and again: what was acknowledged is there once, where
 * the acknowledgement said, in the order of sending.
 */
final class KillNineTest {

    private static final String TOPIC = "killed";
    private static final int PARTITIONS = 3;
    private static final int KILLS = 4;
    private static final int ACKNOWLEDGED_BETWEEN_KILLS = 4_000;

    /** Keeps several requests in flight to each partition at any moment, so that each kill meets some. */
    private static final int UNACKNOWLEDGED = 3_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void everyAcknowledgedRecordIsThereOnceInItsPlaceAfterKills() throws InterruptedException {
        try (BrokerProcess broker = BrokerProcess.dev(directory, "--set", "log.segment.bytes=65536")) {
            createTopic(broker.bootstrap());
            Load load = new Load();
            try (KafkaProducer<String, String> producer = KafkaClients.producer(broker.bootstrap())) {
                Thread sender = new Thread(() -> load.run(producer), "load");
                sender.start();

                // when
                for (int kill = 1; kill <= KILLS; kill++) {
                    int wanted = load.acknowledged.get() + ACKNOWLEDGED_BETWEEN_KILLS;
                    await().atMost(PATIENCE).until(() -> load.acknowledged.get() >= wanted || load.failed());
                    broker.kill9();
                    broker.restart();
                }
                load.stop();
                sender.join();
            }

            // then
            assertThat(load.failures).isEmpty();
            assertThat(load.acknowledged.get()).isGreaterThanOrEqualTo(KILLS * ACKNOWLEDGED_BETWEEN_KILLS);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(stored(broker.bootstrap(), partition))
                        .as("partition %d", partition)
                        .isEqualTo(load.acknowledgedIn(partition));
            }
        }
    }

    private static void createTopic(String bootstrap) {
        try (Admin admin = KafkaClients.admin(bootstrap)) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all());
        }
    }

    private static List<Placed> stored(String bootstrap, int partition) {
        List<Placed> stored = new ArrayList<>();
        for (ConsumerRecord<String, String> record : KafkaClients.consumePartition(bootstrap, TOPIC, partition)) {
            stored.add(new Placed(record.offset(), record.value()));
        }
        return stored;
    }

    private record Placed(long offset, String value) {}

    /** Sends to all partitions in turn, and keeps what was acknowledged in the order of sending. */
    private static final class Load {

        final AtomicInteger acknowledged = new AtomicInteger();
        final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

        private final Map<Integer, Map<Integer, Placed>> byPartition = new ConcurrentHashMap<>();
        private final Semaphore room = new Semaphore(UNACKNOWLEDGED);
        private volatile boolean stopped;

        void run(KafkaProducer<String, String> producer) {
            for (int number = 0; !stopped && !failed(); number++) {
                room.acquireUninterruptibly();
                send(producer, number);
            }
            producer.flush();
        }

        private void send(KafkaProducer<String, String> producer, int number) {
            int partition = number % PARTITIONS;
            String value = "record " + number + " of this load";
            var unused = producer.send(new ProducerRecord<>(TOPIC, partition, null, value), (metadata, failure) -> {
                room.release();
                if (failure != null) {
                    failures.add(failure);
                    return;
                }
                byPartition
                        .computeIfAbsent(partition, none -> new ConcurrentHashMap<>())
                        .put(number, new Placed(metadata.offset(), value));
                acknowledged.incrementAndGet();
            });
        }

        void stop() {
            stopped = true;
        }

        boolean failed() {
            return !failures.isEmpty();
        }

        /** In the order of sending. */
        List<Placed> acknowledgedIn(int partition) {
            Map<Integer, Placed> records = byPartition.get(partition);
            return records.keySet().stream().sorted().map(records::get).toList();
        }
    }
}
