package io.millstream.examples.demo;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.hadoop.ingest.IngestJob;
import io.millstream.schemas.EventSchemas;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.serde.AvroSerializer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.util.ToolRunner;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * {@code millstream demo}: produces clicks of three hours, ingests them, produces more, ingests again, and counts each hour
 * three times over. Exit code 0 if all counts agree, 1 if not, 2 on bad usage. With {@code --cluster} the job runs on HDFS and
 * YARN, which it starts, too.
 */
public final class Demo {

    private static final String TOPIC = "clicks";
    private static final String JOB = "hourly-clicks";
    private static final String USAGE = "Usage: millstream demo [--cluster] [--data DIR]";
    private static final int PARTITIONS = 6;
    private static final Size WHOLE = new Size(70_000, 10_000);
    private static final long SEED = 2026;
    private static final int SESSION_MILLIS = 10_000;

    private final Path directory;
    private final Place.Maker maker;
    private final Size size;
    private final PrintStream out;

    /** Clicks per hour before the first run of the job, and before the second. */
    record Size(int first, int second) {}

    private Demo(Path directory, Place.Maker maker, Size size, PrintStream out) {
        this.directory = directory;
        this.maker = maker;
        this.size = size;
        this.out = out;
    }

    /** Runs the demo in a new folder below the system's temporary one, or in the one that {@code --data} names. */
    public static void main(String[] args) {
        System.exit(run(args, ClusterPlace::in, WHOLE, System.out, System.err));
    }

    static int run(String[] args, Place.Maker cluster, Size size, PrintStream out, PrintStream err) {
        Optional<Path> data = Optional.empty();
        Place.Maker maker = LocalPlace::in;
        Iterator<String> words = List.of(args).iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (word.equals("--cluster")) {
                maker = cluster;
            } else if (word.equals("--data") && words.hasNext()) {
                data = Optional.of(Path.of(words.next()));
            } else {
                return usage(word, out, err);
            }
        }
        try {
            Path directory = data.isPresent() ? emptied(data.get()) : Files.createTempDirectory("millstream-demo-");
            return new Demo(directory.toAbsolutePath(), maker, size, out).play() ? 0 : 1;
        } catch (Exception e) { // the last stop: whatever went wrong is one line for the user, and exit code 1
            err.println("millstream: The demo failed: " + e.getMessage());
            return 1;
        }
    }

    private static int usage(String word, PrintStream out, PrintStream err) {
        if (word.equals("--help") || word.equals("-h")) {
            out.println(USAGE);
            return 0;
        }
        String wrong = word.equals("--data") ? "--data needs a folder" : "There is no option '" + word + "'";
        err.println("millstream: " + wrong + ". " + USAGE);
        return 2;
    }

    private static Path emptied(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (var entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new IOException(directory + " is not empty. Name a new folder");
            }
        }
        return directory;
    }

    private boolean play() throws Exception {
        long started = System.nanoTime();
        Path lake;
        String ofFiles;
        Acknowledged acknowledged = new Acknowledged(PARTITIONS);
        Evidence evidence;
        try (Place place = maker.in(directory);
                Stage stage = Stage.start(directory);
                Coordination coordination = ZooKeeperCoordination.connect(
                        stage.zooKeeper(), SESSION_MILLIS, SESSION_MILLIS, Clock.system())) {
            say("ZooKeeper at %s and a broker at %s serve, in this process.", stage.zooKeeper(), stage.bootstrap());
            say("%s", place.description());
            createTopic(stage.bootstrap());
            AvroSerializer serializer = AvroSerializer.forValues(new SchemaRegistry(coordination));
            Producing producing = new Producing(stage.bootstrap(), TOPIC, serializer, acknowledged);
            Clicks clicks = new Clicks(EventSchemas.CLICK.newest(), SEED);
            List<Instant> hours = lastHours();

            produce(producing, clicks, hours, size.first(), acknowledged);
            ingest(stage, place);
            produce(producing, clicks, hours, size.second(), acknowledged);
            ingest(stage, place);

            lake = place.readBack();
            ofFiles = place.ofFiles();
            long[] committed = OffsetEvidence.read(stage.zooKeeper(), JOB, TOPIC, PARTITIONS);
            evidence = new Evidence(
                    acknowledged.perHour(),
                    new ParquetEvidence(lake.resolve(TOPIC)).perHour(),
                    acknowledged.perHourBelow(committed),
                    acknowledged.unknownBelow(committed));
        }
        conclude(evidence, lake, ofFiles, Duration.ofNanos(System.nanoTime() - started));
        return evidence.agrees();
    }

    private static void createTopic(String bootstrap) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
    }

    /** The last three whole hours, oldest first. */
    private static List<Instant> lastHours() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);
        return List.of(now.minus(3, ChronoUnit.HOURS), now.minus(2, ChronoUnit.HOURS), now.minus(1, ChronoUnit.HOURS));
    }

    private void produce(
            Producing producing, Clicks clicks, List<Instant> hours, int perHour, Acknowledged acknowledged) {
        long before = acknowledged.records();
        long started = System.nanoTime();
        producing.send(clicks, hours, perHour);
        double seconds = (System.nanoTime() - started) / 1e9;
        long records = acknowledged.records() - before;
        say(
                "Apache Kafka's producer, default settings: %,d Avro clicks of %d hours acknowledged in %.1f s.",
                records, hours.size(), seconds);
    }

    private void ingest(Stage stage, Place place) throws Exception {
        String[] command = {
            "--topics",
            TOPIC,
            "--to",
            place.lake(),
            "--job",
            JOB,
            "--bootstrap",
            stage.bootstrap(),
            "--zookeeper",
            stage.zooKeeper()
        };
        say("%n$ millstream ingest %s", String.join(" ", command));
        int exitCode = ToolRunner.run(place.configuration(), new IngestJob(), command);
        if (exitCode != 0) {
            throw new IllegalStateException("the ingest job ended with exit code " + exitCode);
        }
    }

    private void conclude(Evidence evidence, Path lake, String ofFiles, Duration took) throws IOException {
        say("%n%s", evidence.table());
        if (evidence.agrees()) {
            say("Produced = rows = offsets, and every event once. %.1f s in all.", took.toMillis() / 1e3);
        } else {
            say("MISMATCH: the counts above do not agree, or an event is there twice.");
        }
        try (var files = Files.walk(lake.resolve(TOPIC))) {
            long parquet =
                    files.filter(file -> file.toString().endsWith(".parquet")).count();
            say("%d Parquet files%s under %s", parquet, ofFiles, lake.resolve(TOPIC));
        }
        say("Next: serve the same topic and offsets again, for any Kafka client, with");
        say("  bin/millstream dev --data %s", directory);
    }

    private void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }
}
