package io.millstream.clients.suite;

import static io.millstream.clients.suite.Stock.send;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Consumers of one group that subscribe to one topic, polled in turn by one thread, and what they read. */
final class Crowd implements AutoCloseable {

    static final int PARTITIONS = 6;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TURN = Duration.ofMillis(20);

    private final Stock stock;
    private final String topic;
    private final String group;
    private final List<Consumer<String, String>> members = new ArrayList<>();
    private final List<String> read = new ArrayList<>();

    private int sent;

    /** Makes a topic of {@value #PARTITIONS} partitions; the group is named after it. */
    Crowd(Stock stock, String name) {
        this.stock = stock;
        this.topic = stock.topic(name, PARTITIONS);
        this.group = "group-of-" + topic;
    }

    String topic() {
        return topic;
    }

    String group() {
        return group;
    }

    /** A consumer of the group that commits when it is told to, and begins at the beginning. */
    Consumer<String, String> consumer(String... settings) {
        return stock.consumer(Stream.concat(
                        Stream.of(
                                "group.id", group,
                                "auto.offset.reset", "earliest",
                                "enable.auto.commit", "false",
                                "heartbeat.interval.ms", "100"),
                        Stream.of(settings))
                .toArray(String[]::new));
    }

    /** One more member. */
    Consumer<String, String> enter(String... settings) {
        Consumer<String, String> consumer = consumer(settings);
        members.add(consumer);
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    /** The member that came last goes. */
    void leave() {
        members.remove(members.size() - 1).close();
    }

    /** Sends {@code count} numbered values, to all partitions in turn. */
    void produce(int count) {
        try (Producer<String, String> producer = stock.producer()) {
            send(
                    producer,
                    IntStream.range(sent, sent + count)
                            .mapToObj(i -> new ProducerRecord<>(topic, i % PARTITIONS, "key", "value " + i))
                            .toList());
        }
        sent += count;
    }

    void pollUntil(BooleanSupplier done) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    for (Consumer<String, String> member : members) {
                        for (ConsumerRecord<String, String> record : member.poll(TURN)) {
                            read.add(record.value());
                        }
                    }
                    return done.getAsBoolean();
                });
    }

    /** Polls until each partition has one owner, and each member some. */
    void pollUntilShared() {
        pollUntil(this::isShared);
    }

    private boolean isShared() {
        Set<TopicPartition> owned = new HashSet<>();
        int sum = 0;
        for (Consumer<String, String> member : members) {
            owned.addAll(member.assignment());
            sum += member.assignment().size();
        }
        return sum == PARTITIONS
                && owned.size() == PARTITIONS
                && members.stream().noneMatch(member -> member.assignment().isEmpty());
    }

    /** Polls until as much has been read as was sent. */
    void pollUntilRead() {
        pollUntil(() -> read.size() >= sent);
    }

    void commit() {
        members.forEach(Consumer::commitSync);
    }

    /** What was read, in that order. */
    List<String> read() {
        return read;
    }

    /** What was sent. */
    List<String> sent() {
        return IntStream.range(0, sent).mapToObj(i -> "value " + i).toList();
    }

    @Override
    public void close() {
        while (!members.isEmpty()) {
            leave();
        }
    }
}
