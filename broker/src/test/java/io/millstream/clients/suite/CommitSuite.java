package io.millstream.clients.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millstream.clients.ClientSuite;
import io.millstream.clients.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.junit.jupiter.api.DynamicTest;

/** What was committed is where the group goes on. */
public final class CommitSuite implements ClientSuite {

    private Stock stock;

    @Override
    public List<DynamicTest> tests(Target against) {
        stock = new Stock(against);
        return List.of(
                dynamicTest("commit: synchronously, with metadata and epoch", this::synchronous),
                dynamicTest("commit: asynchronously", this::asynchronous),
                dynamicTest("commit: by itself", this::automatic),
                dynamicTest("commit: partitions that it chose itself", this::withoutMembership),
                dynamicTest("commit: what is refused", this::refusals),
                dynamicTest("commit: where a group begins that has none", this::reset));
    }

    @Override
    public void close() {
        stock.close();
    }

    private static TopicPartition first(Crowd crowd) {
        return new TopicPartition(crowd.topic(), 0);
    }

    private static OffsetAndMetadata committed(Consumer<String, String> consumer, TopicPartition partition) {
        return consumer.committed(Set.of(partition)).get(partition);
    }

    private void synchronous() {
        try (Crowd crowd = new Crowd(stock, "commit-sync")) {
            TopicPartition partition = first(crowd);
            Consumer<String, String> consumer = crowd.enter();
            crowd.produce(60);
            crowd.pollUntilRead();
            assertThat(committed(consumer, partition)).isNull();

            OffsetAndMetadata noted = new OffsetAndMetadata(3, Optional.of(0), "noté");
            consumer.commitSync(Map.of(partition, noted));
            assertThat(committed(consumer, partition)).isEqualTo(noted);

            consumer.commitSync();
            assertThat(consumer.committed(consumer.assignment()).values())
                    .hasSize(Crowd.PARTITIONS)
                    .allMatch(
                            offset -> offset.offset() == 10 && offset.metadata().isEmpty());
        }
    }

    private void asynchronous() {
        try (Crowd crowd = new Crowd(stock, "commit-async")) {
            TopicPartition partition = first(crowd);
            Consumer<String, String> consumer = crowd.enter();
            crowd.pollUntilShared();
            CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> called = new CompletableFuture<>();
            Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(partition, new OffsetAndMetadata(4, "later"));

            consumer.commitAsync(offsets, (done, failure) -> {
                if (failure == null) {
                    called.complete(done);
                } else {
                    called.completeExceptionally(failure);
                }
            });
            crowd.pollUntil(called::isDone);

            assertThat(called.join()).isEqualTo(offsets);
            assertThat(committed(consumer, partition)).isEqualTo(offsets.get(partition));
        }
    }

    private void automatic() {
        try (Crowd crowd = new Crowd(stock, "commit-auto")) {
            String[] settings = {"enable.auto.commit", "true", "auto.commit.interval.ms", "50"};
            Consumer<String, String> consumer = crowd.enter(settings);
            crowd.produce(60);
            crowd.pollUntilRead();
            crowd.pollUntil(() -> consumer.committed(consumer.assignment()).values().stream()
                    .allMatch(offset -> offset != null && offset.offset() == 10));

            crowd.produce(60);
            crowd.pollUntilRead();
            crowd.leave(); // commits what is left

            crowd.produce(60);
            crowd.enter(settings);
            crowd.pollUntilRead();
            assertThat(crowd.read()).containsExactlyInAnyOrderElementsOf(crowd.sent());
        }
    }

    private void withoutMembership() {
        try (Crowd crowd = new Crowd(stock, "commit-assigned");
                Consumer<String, String> consumer = crowd.consumer()) {
            TopicPartition partition = first(crowd);
            crowd.produce(60);
            consumer.assign(List.of(partition));
            assertThat(Stock.readToEnd(consumer, partition)).hasSize(10);
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7)));

            try (Consumer<String, String> next = crowd.consumer()) {
                next.assign(List.of(partition));
                assertThat(Stock.readToEnd(next, partition))
                        .extracting(ConsumerRecord::offset)
                        .containsExactly(7L, 8L, 9L);
            }
        }
    }

    private void refusals() {
        try (Crowd crowd = new Crowd(stock, "commit-refused");
                Consumer<String, String> outsider = crowd.consumer()) {
            TopicPartition partition = first(crowd);
            Consumer<String, String> consumer = crowd.enter();
            crowd.pollUntilShared();

            assertThatThrownBy(
                            () -> consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1, "x".repeat(10_000)))))
                    .isInstanceOf(OffsetMetadataTooLarge.class);
            outsider.assign(List.of(partition));
            assertThatThrownBy(() -> outsider.commitSync(Map.of(partition, new OffsetAndMetadata(1))))
                    .isInstanceOf(CommitFailedException.class);
            assertThatThrownBy(() -> consumer.commitSync(
                            Map.of(new TopicPartition(crowd.topic(), 99), new OffsetAndMetadata(1)),
                            Duration.ofSeconds(1)))
                    .isInstanceOf(KafkaException.class);
            assertThat(committed(consumer, partition)).isNull();
        }
    }

    private void reset() {
        try (Crowd crowd = new Crowd(stock, "commit-none")) {
            crowd.produce(6);
            Consumer<String, String> earliest = crowd.enter();
            crowd.pollUntilRead();
            assertThat(earliest.position(first(crowd))).isEqualTo(1);
            crowd.leave();

            try (Consumer<String, String> latest = crowd.consumer("auto.offset.reset", "latest")) {
                latest.subscribe(List.of(crowd.topic()));
                await().until(() -> latest.poll(Duration.ofMillis(20)).isEmpty()
                        && latest.assignment().size() == Crowd.PARTITIONS);
                assertThat(latest.position(first(crowd))).isEqualTo(1);
            }
            try (Consumer<String, String> none = crowd.consumer("auto.offset.reset", "none")) {
                none.subscribe(List.of(crowd.topic()));
                assertThatThrownBy(() -> Stock.poll(none, 1)).isInstanceOf(NoOffsetForPartitionException.class);
            }
        }
    }
}
