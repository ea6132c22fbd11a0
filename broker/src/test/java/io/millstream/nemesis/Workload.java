package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Stock producers, a group of stock consumers and one that reads alone, all of one topic, which write down what they do and
 * see. Not for use by several threads.
 */
final class Workload implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Scene scene;
    private final Map<String, Object> settings;
    private final History history = new History();
    private final AckTimes ackTimes = new AckTimes();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<RecordingProducer> producers = new ArrayList<>();
    private final List<RecordingConsumer> consumers = new ArrayList<>();

    /**
     * How much there is to do.
     *
     * @param recordsPerSecond of each producer at most
     * @param settings of all clients, where they differ from Kafka's defaults
     */
    record Size(int producers, int members, int recordsPerSecond, Map<String, Object> settings) {}

    /** Clients that notice a broker that does not answer sooner than those with default settings, who wait for half a minute. */
    static Map<String, Object> impatient() {
        return Map.of("request.timeout.ms", 4_000, "metadata.max.age.ms", 4_000);
    }

    Workload(Scene scene, Size size) {
        this.scene = scene;
        settings = new HashMap<>(size.settings());
        settings.put("bootstrap.servers", scene.cluster().bootstrap());
        for (int number = 0; number < size.producers(); number++) {
            producers.add(new RecordingProducer(number, size.recordsPerSecond(), this));
        }
        consumers.add(RecordingConsumer.alone(this));
        for (int number = 0; number < size.members(); number++) {
            consumers.add(RecordingConsumer.member(number, this));
        }
    }

    void start() {
        producers.forEach(RecordingProducer::start);
        consumers.forEach(RecordingConsumer::start);
    }

    Scene scene() {
        return scene;
    }

    Map<String, Object> settings() {
        return new HashMap<>(settings);
    }

    History history() {
        return history;
    }

    AckTimes ackTimes() {
        return ackTimes;
    }

    /** Something that no client may meet, whatever is done to the cluster. */
    void problem(String what) {
        problems.add(what);
    }

    /** What went wrong with clients that is no anomaly; empty if nothing did. */
    Queue<String> problems() {
        return problems;
    }

    /** Errors that callers of the clients got: sends that failed, polls and commits that threw. */
    List<String> errors() {
        List<String> errors = new ArrayList<>();
        producers.forEach(each -> errors.addAll(each.errors()));
        consumers.forEach(each -> errors.addAll(each.errors()));
        return errors;
    }

    /** How often there was each kind of error, with an example. */
    String errorSummary() {
        Map<String, List<String>> byKind = errors().stream()
                .collect(Collectors.groupingBy(
                        error -> error.replaceAll("^[^:]*: ([^:]*).*", "$1"), TreeMap::new, Collectors.toList()));
        return byKind.values().stream()
                .map(kind -> kind.size() + " x " + kind.get(0))
                .collect(Collectors.joining("; "));
    }

    /** Waits until so many more records have been acknowledged than now. */
    void awaitProgress(int records) {
        long wanted = history.acknowledged() + records;
        await("acknowledgements; " + scene.states())
                .atMost(PATIENCE)
                .until(() -> history.acknowledged() >= wanted || !problems.isEmpty());
        assertThat(problems).isEmpty();
    }

    /** Waits until so many more records have been acknowledged in each partition than now. */
    void awaitProgressEverywhere(int records) {
        Map<Integer, Long> wanted = new HashMap<>();
        for (int number = 0; number < scene.partitions(); number++) {
            wanted.put(number, history.partition(number).acknowledgedCount() + records);
        }
        await("acknowledgements in each partition; " + scene.states())
                .atMost(PATIENCE)
                .until(() -> !problems.isEmpty()
                        || wanted.entrySet().stream()
                                .allMatch(each ->
                                        history.partition(each.getKey()).acknowledgedCount() >= each.getValue()));
        assertThat(problems).isEmpty();
    }

    /** Stops producing, lets the consumers come to the end, and reads the log as it is now. */
    void finish() {
        producers.forEach(RecordingProducer::finish);
        Map<TopicPartition, Long> ends = readAll();
        await("consumers at " + ends)
                .atMost(PATIENCE)
                .until(() -> !problems.isEmpty() || (groupIsAt(ends) && aloneIsAt(ends)));
        consumers.forEach(RecordingConsumer::finish);
        assertThat(problems).isEmpty();
    }

    private boolean aloneIsAt(Map<TopicPartition, Long> ends) {
        return consumers.stream().filter(each -> !each.isMember()).allMatch(each -> each.isAt(ends));
    }

    /** Each partition was read to its end by one of the members, if there are any. */
    private boolean groupIsAt(Map<TopicPartition, Long> ends) {
        return consumers.stream().noneMatch(RecordingConsumer::isMember)
                || ends.entrySet().stream().allMatch(end -> consumers.stream()
                        .anyMatch(each -> each.isMember() && each.isAt(Map.of(end.getKey(), end.getValue()))));
    }

    private Map<TopicPartition, Long> readAll() {
        List<TopicPartition> all = topicPartitions();
        try (KafkaConsumer<byte[], byte[]> reader =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(all);
            reader.seekToBeginning(all);
            Map<TopicPartition, Long> ends = reader.endOffsets(all);
            while (all.stream().anyMatch(each -> reader.position(each) < ends.get(each))) {
                reader.poll(Duration.ofMillis(100)).forEach(record -> history.partition(record.partition())
                        .stored(record.offset(), Payload.read(record.value())));
            }
            return ends;
        }
    }

    List<TopicPartition> topicPartitions() {
        return IntStream.range(0, scene.partitions())
                .mapToObj(number -> new TopicPartition(scene.topic(), number))
                .toList();
    }

    @Override
    public void close() {
        producers.forEach(RecordingProducer::close);
        consumers.forEach(RecordingConsumer::close);
    }
}
