package io.millstream.hadoop.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import io.millstream.hadoop.ingest.storage.QuickLocalFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.parquet.example.data.Group;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may lie in a topic, from the producer to the Parquet files. */
final class WholeJobTest {

    private static final long SIX = Trials.SIX;

    @TempDir
    static Path folder;

    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.start(folder.resolve("lab"), Map.of("log.retention.check.interval.ms", "20"));
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    @Test
    void h3EachRecordLiesInTheHourOfItsTimeAtTheEdgesToo() throws IOException {
        Map<String, String> hours = Map.of(
                "2026-11-22T23:59:59.999Z", "dt=2026-11-22/hour=23",
                "2026-11-23T00:00:00Z", "dt=2026-11-23/hour=00",
                "1970-01-01T00:00:00Z", "dt=1970-01-01/hour=00",
                "1970-01-01T00:59:59.999Z", "dt=1970-01-01/hour=00",
                "2199-07-01T12:00:00Z", "dt=2199-07-01/hour=12");
        lab.createTopic("edges", 1, Map.of("retention.ms", "-1"));
        Clicks clicks = Clicks.of(lab, "edges");
        hours.forEach(
                (time, hour) -> clicks.produceNamed(time, Instant.parse(time).toEpochMilli()));

        assertThat(run("edges", lake("edges")).exit()).isZero();

        hours.forEach((time, hour) -> assertThat(idsIn("edges", hour)).contains(time));
        assertThat(lake("edges").values("id")).containsExactlyElementsOf(new TreeSet<>(hours.keySet()));
    }

    @Test
    void h3TimesOfAFieldMayLieBefore1970AndMayBeNone() throws IOException {
        lab.createTopic("fields", 1, Map.of());
        Clicks clicks = Clicks.of(lab, "fields");
        clicks.produceAt("before", SIX, -1);
        clicks.produceAt("long before", SIX, -3_600_001);
        clicks.produceAt("none", SIX, Long.MIN_VALUE);

        assertThat(run("fields", lake("fields"), "-D", "millstream.ingest.time.field=at")
                        .exit())
                .isZero();

        assertThat(idsIn("fields", "dt=1969-12-31/hour=23")).containsExactly("before");
        assertThat(idsIn("fields", "dt=1969-12-31/hour=22")).containsExactly("long before");
        assertThat(idsIn("fields", "dt=__HIVE_DEFAULT_PARTITION__/hour=__HIVE_DEFAULT_PARTITION__"))
                .containsExactly("none");
    }

    @Test
    void h4WhatRetentionHasTakenFailsTheRunAndIsCounted() throws IOException {
        TopicPartition partition = new TopicPartition("expired", 0);
        lab.createTopic("expired", 1, Map.of("retention.ms", "1000", "segment.bytes", "1024"));
        Clicks clicks = Clicks.of(lab, "expired");
        lab.commit("expired", partition, 1);
        for (int i = 0; i < 30; i++) {
            clicks.produce(1, 1, Instant.parse("2001-01-01T00:00:00Z").toEpochMilli());
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> lab.startOffset(partition) > 1);

        JobRun failed = run("expired", lake("expired"));

        assertThat(failed.exit()).isEqualTo(1);
        Matcher lost = Pattern.compile("expired-0: .*committed offset 1, available from (\\d+), (\\d+) records lost")
                .matcher(failed.err());
        assertThat(lost.find()).as(failed.err()).isTrue();
        assertThat(Long.parseLong(lost.group(1))).isBetween(2L, lab.startOffset(partition));
        assertThat(Long.parseLong(lost.group(2))).isEqualTo(Long.parseLong(lost.group(1)) - 1);
        assertThat(lab.committed("expired", partition)).isEqualTo(1);
        assertThat(lake("expired").files()).isEmpty();
    }

    @Test
    void h5WhatCannotBeDecodedIsSetAsideWithItsOffsetAndBytesUpToABudget() throws IOException {
        lab.createTopic("spoilt", 1, Map.of());
        Clicks clicks = Clicks.of(lab, "spoilt");
        clicks.produce(2, 1, SIX);
        List<RecordMetadata> bad = new ArrayList<>();
        for (String value : List.of("", "not avro", "\0\0\0\0\77 no such schema")) {
            bad.add(clicks.produceRaw(
                    new ProducerRecord<>("spoilt", 0, SIX, "key".getBytes(UTF_8), value.getBytes(UTF_8))));
        }
        TopicPartition partition = new TopicPartition("spoilt", 0);

        JobRun over = run("spoilt", lake("spoilt"), "-D", "millstream.ingest.quarantine.max.records=2");
        assertThat(over.exit()).isEqualTo(1);
        assertThat(over.err())
                .contains("3 records could not be decoded", "allows 2", "spoilt-0 offset 2", "Nothing was committed");
        assertThat(lab.committed("spoilt", partition)).isEqualTo(-1);
        assertThat(lake("spoilt").files()).noneMatch(file -> file.endsWith(".parquet"));

        JobRun within = run("spoilt", lake("spoilt"), "-D", "millstream.ingest.quarantine.max.records=3");
        assertThat(within.exit()).as(within.err()).isZero();
        assertThat(within.out()).contains("2 records in 1 files, 3 quarantined");
        List<Group> rows = lake("spoilt").quarantineRows();
        assertThat(rows).extracting(row -> row.getLong("offset", 0)).containsExactly(2L, 3L, 4L);
        assertThat(rows)
                .extracting(row -> row.getBinary("value", 0).toStringUsingUTF8())
                .containsExactly("", "not avro", "\0\0\0\0\77 no such schema");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.getString("topic", 0)).isEqualTo("spoilt");
            assertThat(row.getInteger("partition", 0)).isZero();
            assertThat(row.getBinary("key", 0).toStringUsingUTF8()).isEqualTo("key");
            assertThat(row.getString("reason", 0)).isNotEmpty();
        });
        assertThat(lab.committed("spoilt", partition)).isEqualTo(5);
        assertThat(bad).extracting(RecordMetadata::offset).containsExactly(2L, 3L, 4L);
    }

    @Test
    void h5TombstonesNeedNoBudgetAndAreCounted() throws IOException {
        lab.createTopic("compacted", 1, Map.of());
        Clicks clicks = Clicks.of(lab, "compacted");
        clicks.produce(2, 1, SIX);
        for (int i = 0; i < 3; i++) {
            clicks.produceRaw(new ProducerRecord<>("compacted", 0, SIX, "gone".getBytes(UTF_8), (byte[]) null));
        }

        JobRun run = run("compacted", lake("compacted"), "-D", "millstream.ingest.quarantine.max.records=0");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("2 records in 1 files, 0 quarantined, 3 tombstones");
        assertThat(lake("compacted").values("id")).containsExactlyElementsOf(clicks.acknowledged());
        assertThat(lake("compacted").quarantineRows()).isEmpty();
        assertThat(lab.committed("compacted", new TopicPartition("compacted", 0)))
                .isEqualTo(5);
    }

    @Test
    void h6AnotherReaderFindsAsManyRowsAsThereAreOffsets() throws IOException {
        lab.createTopic("counted", 3, Map.of());
        Clicks clicks = Clicks.of(lab, "counted");
        clicks.produce(31, 3, SIX);

        assertThat(run("counted", lake("counted")).exit()).isZero();

        long offsets = 0;
        for (int partition = 0; partition < 3; partition++) {
            offsets += lab.committed("counted", new TopicPartition("counted", partition));
        }
        assertThat(lake("counted").values("id"))
                .hasSize((int) offsets)
                .containsExactlyElementsOf(clicks.acknowledged());
    }

    @Test
    void aTopicWithoutSchemaFailsTheJobUntilItIsExcluded() throws IOException {
        lab.createTopic("mixed-known", 1, Map.of());
        Clicks known = Clicks.of(lab, "mixed-known");
        known.produce(2, 1, SIX);
        assertThat(run("mixed", lake("mixed"), "--topics", "mixed-.*").exit()).isZero();
        lab.createTopic("mixed-plain", 1, Map.of());
        known.produceRaw(new ProducerRecord<>("mixed-plain", 0, SIX, null, "text".getBytes(UTF_8)));
        known.produce(2, 1, SIX);

        JobRun failed = run("mixed", lake("mixed"), "--topics", "mixed-.*");
        JobRun without = run("mixed", lake("mixed"), "--topics", "mixed-.*", "--exclude", "mixed-plain");

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("mixed-plain", "no schema", "--exclude mixed-plain");
        assertThat(without.exit()).as(without.err()).isZero();
        assertThat(without.err()).contains("leaves out by --exclude: mixed-plain");
        assertThat(lake("mixed").values("id")).containsExactlyElementsOf(known.acknowledged());
    }

    /** In one request its own conditions refuse it; in chunks the look before does. */
    @Test
    void anOffsetThatSomebodyMovedSincePlanningStopsTheRunBeforeItsCommit() throws IOException {
        TopicPartition partition = new TopicPartition("moved", 0);
        lab.createTopic("moved", 2, Map.of());
        Clicks.of(lab, "moved").produce(8, 2, SIX);
        String[] chunks = {"-D", "millstream.ingest.commit.max.bytes=1"};
        for (String[] further : List.of(new String[0], chunks)) {
            String job = "moved" + further.length;
            Coordination session = lab.connect();
            Mortality life = Mortality.pausedAt(
                    "Check /ingest/*/fence, Update /ingest/*/run", Moment.AFTER, () -> lab.commit(job, partition, 2));

            JobRun run = JobRun.of(
                    conf(), connect -> new CountedCoordination(session, life), args(job, lake(job), "moved", further));

            assertThat(life.metItsFate()).isTrue();
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).contains("un again");
            assertThat(lab.committed(job, partition)).isEqualTo(2);
            assertThat(lab.committed(job, new TopicPartition("moved", 1))).isEqualTo(-1);
            assertThat(lake(job).files()).noneMatch(file -> file.endsWith(".parquet"));
        }
    }

    private static List<String> idsIn(String topic, String hour) {
        try {
            List<String> ids = new ArrayList<>();
            lake(topic).rows().forEach((file, rows) -> {
                if (file.startsWith(topic + "/" + hour + "/")) {
                    rows.forEach(row -> ids.add(row.getString("id", 0)));
                }
            });
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Lake lake(String name) {
        return new Lake(folder.resolve("lakes").resolve(name));
    }

    private static JobRun run(String job, Lake lake, String... further) {
        return JobRun.of(conf(), connect -> lab.connect(), args(job, lake, job, further));
    }

    private static String[] args(String job, Lake lake, String topic, String... further) {
        List<String> args = new ArrayList<>(
                List.of("ingest", "--job", job, "--to", lake.folder().toString(), "--zookeeper", lab.zooKeeper()));
        args.addAll(List.of(further));
        if (!args.contains("--topics")) {
            args.addAll(List.of("--topics", topic));
        }
        return args.toArray(String[]::new);
    }

    private static Configuration conf() {
        Configuration conf = new Configuration();
        conf.set("hadoop.tmp.dir", folder.resolve("hadoop").toString());
        conf.set("mapreduce.client.completion.pollinterval", "10");
        QuickLocalFileSystem.register(conf);
        return conf;
    }
}
