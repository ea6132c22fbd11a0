package io.millstream.benchmarks;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * What many readers of one partition, ad hoc, cost a producer: how much the stock Java producer writes in a time, alone and
 * beside them, in turn; with the processors' time of broker, readers and producer. Three processes on one machine.
 */
@CommandLine.Command(
        name = "readers",
        description = "Measures a producer alone and beside many readers of one partition.",
        mixinStandardHelpOptions = true)
public final class ReadersBenchmark implements Callable<Integer> {

    private static final int VALUE_BYTES = 1024;
    private static final double MB = 1e6;
    private static final double SECOND = 1e9;
    private static final String TOPIC = "read-and-written";

    @Option(names = "--readers", description = "How many (default: ${DEFAULT-VALUE}).")
    private int readers = 100;

    @Option(
            names = "--reader-rate",
            description = "MB (10^6 bytes) a second of each reader; 0: as fast as it goes (default: ${DEFAULT-VALUE}).")
    private double readerRate = 1;

    @Option(names = "--seconds", description = "Of each measurement (default: ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(names = "--rounds", description = "Pairs of measurements (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @ArgGroup(exclusive = false)
    private Broker running;

    /** A broker that is measured instead of one of Millstream's. */
    private static final class Broker {

        @Option(names = "--servers", required = true, description = "HOST:PORT of a running broker, of any kind.")
        private String servers;

        @Option(names = "--broker-pid", required = true, description = "Its process, on this machine.")
        private long pid;
    }

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ReadersBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (running != null) {
            createTopic(running.servers);
            measure(running.servers, running.pid);
            return 0;
        }
        Path data = Files.createTempDirectory("millstream-readers");
        List<String> flags =
                List.of("-Xms512m", "-Xmx512m", "-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4");
        String[] dev = {"dev", "--data", data.toString(), "--port", "0", "--zookeeper-port", "0", "--http-port", "0"};
        try (BrokerProcess broker = BrokerProcess.run(flags, dev)) {
            createTopic(broker.bootstrap());
            measure(broker.bootstrap(), broker.pid());
            broker.terminate();
        } finally {
            ScratchLogs.delete(data);
        }
        return 0;
    }

    private static void createTopic(String servers) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private void measure(String servers, long broker) throws IOException {
        System.out.printf(
                "%-10s %10s %10s %12s %40s%n", "", "MB/s", "read MB/s", "", "processors: broker, readers, producer");
        SampleRecords samples = new SampleRecords(VALUE_BYTES);
        write(servers, broker, samples, "warm-up", null);
        List<Double> ratios = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            double alone = write(servers, broker, samples, "alone", null);
            try (AdHocReaders.Fleet fleet = new AdHocReaders.Fleet(servers, TOPIC, readers, readerRate)) {
                double beside = write(servers, broker, samples, "beside", fleet);
                ratios.add(beside / alone);
            }
        }
        ratios.sort(Comparator.naturalOrder());
        System.out.printf(
                Locale.ROOT,
                "beside %d readers of %.1f MB/s each: %.2f of what the producer writes alone (median of %d)%n",
                readers,
                readerRate,
                ratios.get(ratios.size() / 2),
                rounds);
    }

    /** @return MB a second */
    private double write(String servers, long broker, SampleRecords samples, String what, AdHocReaders.Fleet fleet)
            throws IOException {
        long own = ProcessHandle.current().pid();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(TOPIC);
            double brokerBefore = ProcessUse.processorSeconds(broker);
            double ownBefore = ProcessUse.processorSeconds(own);
            double readersBefore = fleet == null ? 0 : ProcessUse.processorSeconds(fleet.pid());
            long readBefore = fleet == null ? 0 : fleet.bytes();
            long start = System.nanoTime();
            long records = 0;
            while (System.nanoTime() - start < seconds * SECOND) {
                var unused = producer.send(new ProducerRecord<>(TOPIC, samples.value(records++)));
            }
            producer.flush();
            double took = (System.nanoTime() - start) / SECOND;
            double rate = records * VALUE_BYTES / MB / took;
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %10.1f %10.1f %12s %18.2f %10.2f %10.2f%n",
                    what,
                    rate,
                    fleet == null ? 0 : (fleet.bytes() - readBefore) / MB / took,
                    "",
                    (ProcessUse.processorSeconds(broker) - brokerBefore) / took,
                    fleet == null ? 0 : (ProcessUse.processorSeconds(fleet.pid()) - readersBefore) / took,
                    (ProcessUse.processorSeconds(own) - ownBefore) / took);
            return rate;
        }
    }
}
