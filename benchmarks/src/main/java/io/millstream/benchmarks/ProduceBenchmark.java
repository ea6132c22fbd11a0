package io.millstream.benchmarks;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * How fast the stock Java producer writes: acks=all, idempotent, its default settings unless told otherwise, from one
 * thread of this process to a broker in another.
 */
@CommandLine.Command(
        name = "produce",
        description = "Measures the stock Java producer against a broker in another process.",
        mixinStandardHelpOptions = true)
public final class ProduceBenchmark implements Callable<Integer> {

    private static final double MB = 1e6;
    private static final double SECOND = 1e9;

    @Option(names = "--bootstrap", description = "A broker that runs already; without it a dev broker is started.")
    private String bootstrap;

    @Option(names = "--sizes", split = ",", description = "Bytes of the values (default: ${DEFAULT-VALUE}).")
    private List<Integer> sizes = List.of(1024, 100);

    @Option(names = "--megabytes", description = "10^6 bytes of values in a round (default: ${DEFAULT-VALUE}).")
    private int megabytes = 500;

    @Option(names = "--rounds", description = "Measured rounds, after one that warms up (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--partitions", description = "Of the topic (default: ${DEFAULT-VALUE}).")
    private int partitions = 6;

    @Option(names = "--set", description = "Producer settings, such as --set linger.ms=5 --set batch.size=65536.")
    private Map<String, String> settings = new HashMap<>();

    @Option(names = "--broker-heap", description = "Of the broker started (default: ${DEFAULT-VALUE}).")
    private String heap = "1g";

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ProduceBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (bootstrap != null) {
            measure(bootstrap);
            return 0;
        }
        Path data = Files.createTempDirectory("millstream-produce");
        List<String> flags = List.of("-Xms" + heap, "-Xmx" + heap);
        try (BrokerProcess broker = BrokerProcess.run(flags, devArguments(data))) {
            measure(broker.bootstrap());
            broker.terminate();
        } finally {
            delete(data);
        }
        return 0;
    }

    private static String[] devArguments(Path data) {
        return new String[] {
            "dev", "--data", data.toString(), "--port", "0", "--zookeeper-port", "0", "--http-port", "0"
        };
    }

    private void measure(String servers) throws ExecutionException, InterruptedException {
        System.out.printf("%-10s %-8s %12s %14s %10s%n", "value", "round", "records", "records/s", "MB/s");
        for (int size : sizes) {
            String topic = "produce-" + size + "-" + System.nanoTime();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                        .all()
                        .get();
                measure(servers, topic, size);
                admin.deleteTopics(List.of(topic)).all().get();
            }
        }
    }

    private void measure(String servers, String topic, int size) {
        SampleRecords samples = new SampleRecords(size);
        long records = (long) (megabytes * MB / size);
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            double seconds = produce(servers, topic, samples, records);
            report(size, round == 0 ? "warm-up" : String.valueOf(round), records, records / seconds);
            if (round > 0) {
                rates.add(records / seconds);
            }
        }
        if (rounds > 0) {
            rates.sort(Comparator.naturalOrder());
            report(size, "median", records, rates.get(rates.size() / 2));
        }
    }

    private static void report(int size, String round, long records, double rate) {
        System.out.printf(
                Locale.ROOT, "%-10s %-8s %12d %14.0f %10.1f%n", size + " B", round, records, rate, rate * size / MB);
    }

    /** @return seconds from the first send until all are acknowledged */
    private double produce(String servers, String topic, SampleRecords samples, long records) {
        Map<String, Object> config = new HashMap<>(settings);
        config.put("bootstrap.servers", servers);
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic); // connected before the clock starts
            long start = System.nanoTime();
            for (long i = 0; i < records; i++) {
                var unused = producer.send(new ProducerRecord<>(topic, samples.value(i)), (metadata, e) -> {
                    if (e != null) {
                        failure.set(e);
                    }
                });
            }
            producer.flush();
            long took = System.nanoTime() - start;
            if (failure.get() != null) {
                throw new IllegalStateException("A record was not acknowledged", failure.get());
            }
            return took / SECOND;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
