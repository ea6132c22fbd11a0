package io.millstream.hadoop.ingest;

import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A broker with topics of which all is known, for any number of jobs, each with a target of its own. Jobs may run at the same
 * time.
 */
final class Trials implements AutoCloseable {

    static final long SIX = Instant.parse("2026-11-22T06:30:00Z").toEpochMilli();
    static final long SEVEN = Instant.parse("2026-11-22T07:30:00Z").toEpochMilli();
    static final int PARTITIONS = 2;

    private static final int RECORDS = 4;
    private static final String NOT_AVRO = "not avro, of ";

    /** Shared, because Hadoop reads its defaults anew for each. */
    private final Configuration conf = new Configuration();

    private final Path folder;
    private final Lab lab;
    private final TreeMap<String, Clicks> topics = new TreeMap<>();
    private final TreeMap<TopicPartition, Long> ends = new TreeMap<>();
    private final TreeSet<String> setAside = new TreeSet<>();
    private final AtomicInteger jobs = new AtomicInteger();

    private Trials(Path folder) throws IOException {
        this.folder = folder;
        this.lab = Lab.start(folder.resolve("lab"));
    }

    static Trials start(Path folder) throws IOException {
        return new Trials(folder);
    }

    /** Makes a topic of two partitions. */
    void topic(String name) {
        topics.put(name, Clicks.create(lab, name, PARTITIONS));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.put(new TopicPartition(name, partition), 0L);
        }
    }

    /** Produces some records of an hour into all partitions of a topic. */
    void produce(String topic, long millis) {
        topics.get(topic).produce(RECORDS, PARTITIONS, millis);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.merge(new TopicPartition(topic, partition), (long) RECORDS / PARTITIONS, Long::sum);
        }
    }

    /** Produces a record that cannot be decoded. */
    void produceNotAvro(String topic) {
        String value = NOT_AVRO + topic + " " + setAside.size();
        setAside.add(value);
        topics.get(topic).produceRaw(new ProducerRecord<>(topic, 0, SIX, null, value.getBytes(StandardCharsets.UTF_8)));
        ends.merge(new TopicPartition(topic, 0), 1L, Long::sum);
    }

    /** A new job over all topics. */
    Trial trial(Commit commit) {
        return new Trial(this, "job" + jobs.getAndIncrement(), commit);
    }

    Lab lab() {
        return lab;
    }

    Path folder() {
        return folder;
    }

    Configuration conf() {
        return conf;
    }

    /** The ids of all records that can be decoded. */
    SortedSet<String> records() {
        TreeSet<String> all = new TreeSet<>();
        topics.values().forEach(topic -> all.addAll(topic.acknowledged()));
        return all;
    }

    /** The values of all records that cannot. */
    List<String> setAside() {
        return List.copyOf(setAside);
    }

    /** The offset after the last record, of each partition. */
    Map<TopicPartition, Long> ends() {
        return Collections.unmodifiableMap(ends);
    }

    @Override
    public void close() {
        lab.close();
    }
}
