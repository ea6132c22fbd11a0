package io.millstream.hadoop.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.hadoop.jars.Jars;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.AvroSerializer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.hadoop.util.RunJar;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jobs of users on the unshaded class path of Hadoop's distributions, which have an Avro, a Netty, a Curator, a ZooKeeper and a
 * Jackson of their own: with ours behind, as {@code -libjars} puts it, and in front. Each in a JVM of its own, all at once.
 */
final class DistributionJobIT {

    private static final String VISITS = "visits";

    /** The one whose libraries are the furthest from ours. */
    private static final String OLDEST = "hadoop-3.4";

    private static final String NEWEST = "hadoop-3.5";
    private static final String INGEST = "ingest-visits";
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int RECORDS = 30;
    private static final long PATIENCE_SECONDS = 300;
    private static final Schema VISIT =
            SchemaBuilder.record("Visit").fields().requiredString("url").endRecord();

    @TempDir
    static Path folder;

    private static OutputLab lab;
    private static final List<Trial> TRIALS = List.of(
            new Trial(OLDEST, false, "zstd"), new Trial(NEWEST, false, "snappy"), new Trial(NEWEST, true, "lz4"));
    private static final Map<Trial, Process> JOBS = new LinkedHashMap<>();
    private static Process ingest;

    /** A distribution, and whether our jars are in front of it. */
    record Trial(String distribution, boolean oursFirst, String codec) {

        String topic() {
            return distribution + (oursFirst ? "-ours-first" : "-hadoop-first");
        }

        Path said() {
            return folder.resolve(topic()).resolve("said");
        }
    }

    @BeforeAll
    static void start() throws Exception {
        lab = OutputLab.start(folder.resolve("lab"), 1, Map.of());
        lab.createTopic(VISITS, CODECS.size(), 1, Map.of());
        produce();
        Path userJar = userJar();
        for (Trial trial : TRIALS) {
            lab.createTopic(trial.topic(), 1, 1, Map.of());
            JOBS.put(trial, launch(trial, userJar));
        }
        ingest = ingest(OLDEST);
    }

    @AfterAll
    static void stop() {
        JOBS.values().forEach(Process::destroyForcibly);
        ingest.destroyForcibly();
        lab.close();
    }

    /** Each partition is compressed otherwise. */
    private static void produce() throws Exception {
        AvroSerializer serializer = AvroSerializer.forValues(new SchemaRegistry(lab.coordination()));
        for (int partition = 0; partition < CODECS.size(); partition++) {
            Map<String, Object> settings = new HashMap<>();
            settings.put("bootstrap.servers", lab.bootstrap());
            settings.put("compression.type", CODECS.get(partition));
            settings.put("linger.ms", 5);
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < RECORDS; i++) {
                    GenericRecord visit = new GenericRecordBuilder(VISIT)
                            .set("url", "/page" + i % 3)
                            .build();
                    sent.add(producer.send(
                            new ProducerRecord<>(VISITS, partition, null, null, serializer.serialize(VISITS, visit))));
                }
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
            }
        }
    }

    private static Path userJar() throws IOException, URISyntaxException {
        Path classes = Path.of(UserJob.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path jar = folder.resolve("user.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            for (Path each : all.filter(path -> path.getFileName().toString().startsWith("UserJob"))
                    .toList()) {
                zip.putNextEntry(
                        new ZipEntry(classes.relativize(each).toString().replace(File.separatorChar, '/')));
                Files.copy(each, zip);
            }
        }
        return jar;
    }

    private static Process launch(Trial trial, Path userJar) throws IOException {
        List<Path> path = new ArrayList<>(Jars.distribution(trial.distribution()));
        List<Path> ours = List.of(Jars.shaded(), userJar);
        path.addAll(trial.oursFirst() ? 0 : path.size(), ours);
        Path work = Files.createDirectories(folder.resolve(trial.topic()));
        List<String> arguments = List.of(lab.bootstrap(), lab.zooKeeper(), VISITS, trial.topic(), work.toString());
        return java(path, work, UserJob.class.getName(), arguments, trial.codec());
    }

    /** As {@code hadoop jar} starts it. */
    private static Process ingest(String distribution) throws IOException {
        Path work = Files.createDirectories(folder.resolve(INGEST));
        List<String> arguments = new ArrayList<>(List.of(Jars.job().toString(), "ingest", "--topics", VISITS));
        arguments.addAll(List.of("--to", work.resolve("lake").toUri().toString(), "--job", INGEST));
        arguments.addAll(List.of("-D", "hadoop.tmp.dir=" + work, "--zookeeper"));
        return java(Jars.distribution(distribution), work, RunJar.class.getName(), arguments, lab.zooKeeper());
    }

    /** Classes on HADOOP_CLASSPATH come first, and do not see what the job jar has in its lib. */
    @Test
    void a_jar_of_ours_in_front_of_the_job_jar_is_named() throws Exception {
        List<Path> path = new ArrayList<>(Jars.distribution(NEWEST));
        path.add(Jars.shaded());
        Path work = Files.createDirectories(folder.resolve("in-front"));

        Process command =
                java(path, work, RunJar.class.getName(), List.of(Jars.job().toString(), "output"), "list");

        assertThat(command.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isEqualTo(1);
        assertThat(Files.readString(work.resolve("said"), UTF_8))
                .contains("millstream: Class picocli/", Jars.shaded().toString(), "Take that out of HADOOP_CLASSPATH")
                .doesNotContain("\tat ");
    }

    private static Process java(List<Path> path, Path work, String main, List<String> arguments, String last)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.add("-Djava.io.tmpdir=" + work);
        command.add("-Dlog4j.configuration=" + logging(work).toUri());
        command.add("-cp");
        command.add(path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(main);
        command.addAll(arguments);
        command.add(last);
        return new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("said").toFile())
                .start();
    }

    private static Path logging(Path work) throws IOException {
        return Files.write(
                work.resolve("log4j.properties"),
                List.of(
                        "log4j.rootLogger=WARN, out",
                        "log4j.appender.out=org.apache.log4j.ConsoleAppender",
                        "log4j.appender.out.layout=org.apache.log4j.PatternLayout",
                        "log4j.appender.out.layout.ConversionPattern=%p %c: %m%n"));
    }

    static List<Trial> trials() {
        return TRIALS;
    }

    @ParameterizedTest
    @MethodSource("trials")
    void a_job_reads_and_writes_avro_beside_the_libraries_of_hadoop(Trial trial) throws Exception {
        Process job = JOBS.get(trial);
        boolean over = job.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        String said = Files.readString(trial.said(), UTF_8);

        assertThat(over).as(said).isTrue();
        assertThat(job.exitValue()).as(said).isZero();
        assertThat(counts(trial.topic()))
                .isEqualTo(Map.of("/page0", 10L * CODECS.size(), "/page1", 10L * CODECS.size(), "/page2", 50L));
        for (int partition = 0; partition < CODECS.size(); partition++) {
            assertThat(lab.committed("group-of-" + trial.topic(), VISITS, partition))
                    .isEqualTo(RECORDS);
        }
        String snappy = trial.oursFirst() ? "-shaded.jar" : "snappy-java-1.1.10.4.jar";
        assertThat(said)
                .containsPattern("org.apache.avro.Schema is from .*/avro-1\\.11\\.[0-9]+\\.jar\n")
                .containsPattern("io.netty.channel.Channel is from .*/netty-transport-4\\.1\\.[0-9]+\\.Final\\.jar\n")
                .containsPattern("CuratorZookeeperClient is from .*/curator-client-5\\.2\\.0\\.jar\n")
                .containsPattern("ZooKeeper is from .*/zookeeper-3\\.8\\.[0-9]+\\.jar\n")
                .containsPattern("ObjectMapper is from .*/jackson-databind-2\\.1[0-9.]+\\.jar\n")
                .containsPattern("org.xerial.snappy.Snappy is from .*" + snappy + "\n");
        boolean linux = System.getProperty("os.name").equals("Linux");
        assertThat(said).contains("epoll: " + linux).doesNotContain("Exception", "SLF4J: Class path contains");
    }

    @Test
    void hadoop_jar_runs_the_ingest_job_of_the_job_jar() throws Exception {
        boolean over = ingest.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Path work = folder.resolve(INGEST);
        String said = Files.readString(work.resolve("said"), UTF_8);

        assertThat(over).as(said).isTrue();
        assertThat(ingest.exitValue()).as(said).isZero();
        for (int partition = 0; partition < CODECS.size(); partition++) {
            assertThat(lab.committed(INGEST, VISITS, partition)).isEqualTo(RECORDS);
        }
        try (Stream<Path> files = Files.walk(work.resolve("lake").resolve(VISITS))) {
            assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                    .isNotEmpty();
        }
    }

    private static Map<String, Long> counts(String topic) throws Exception {
        AvroDeserializer<GenericRecord> decoder = AvroDeserializer.asWritten(new SchemaRegistry(lab.coordination()));
        Map<String, Long> counts = new TreeMap<>();
        for (var each : lab.records(topic, 0)) {
            GenericRecord value = decoder.deserialize(each.value());
            assertThat(new String(each.key(), UTF_8)).isEqualTo(value.get("url").toString());
            counts.merge(value.get("url").toString(), (Long) value.get("visits"), Long::sum);
        }
        return counts;
    }
}
