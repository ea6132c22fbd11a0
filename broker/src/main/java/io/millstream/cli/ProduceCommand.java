package io.millstream.cli;

import io.millstream.client.Admin;
import io.millstream.client.Cluster;
import io.millstream.client.Outgoing;
import io.millstream.client.Producer;
import io.millstream.client.ProducerSettings;
import io.millstream.core.TopicName;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.millstream.schemas.serde.JsonEncoder;
import io.millstream.schemas.serde.JsonMismatchException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream produce}: lines of standard input become records. */
@Command(
        name = "produce",
        description = {
            "Sends each line of standard input as a record, and ends when all are acknowledged by all in-sync replicas.",
            "With --schema a line is JSON, and becomes an Avro value with the schema's id in front; blank lines are no records."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ProduceCommand implements Callable<Integer> {

    /** Whoever pressed Ctrl-C waits. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TOPIC", description = "Where to.")
    private String topic;

    @Option(
            names = {"-s", "--schema"},
            paramLabel = "FILE|SUBJECT[@V]",
            description =
                    "An Avro schema: a file, which is registered as TOPIC-value, or a version that is registered.")
    private String schema;

    @Option(
            names = {"-k", "--key-delimiter"},
            paramLabel = "DELIM",
            description = "What stands in front of the first DELIM of a line is the record's key.")
    private String keyDelimiter;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "The partition; otherwise the key decides, or chance.")
    private Integer partition;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY=VALUE",
            description = "A header of every record; may be repeated.")
    private List<String> headers = List.of();

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "CODEC",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
    private String codec;

    @Option(
            names = "--acks",
            paramLabel = "all",
            defaultValue = "all",
            description =
                    "Only all: records are sent idempotently, and nothing less is promised (default: ${DEFAULT-VALUE}).")
    private String acks;

    @Option(names = "--create", description = "Create the topic with the cluster's defaults if there is none.")
    private boolean create;

    @Mixin
    private BootstrapOption bootstrap;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    private SentLines sent;

    @Override
    public Integer call() {
        verbosity.apply();
        if (!acks.equals("all") && !acks.equals("-1")) {
            throw misuse("--acks " + acks + " is not possible: records are sent idempotently, which needs all");
        }
        if ("-".equals(schema)) {
            throw misuse("-s -: standard input has the records; give the schema a file");
        }
        if (keyDelimiter != null && keyDelimiter.isEmpty()) {
            throw misuse("-k '': it takes a character or more to find where a key ends");
        }
        TopicName to = bootstrap.topic(topic);
        Outgoing template = new Outgoing(
                to,
                partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                OptionalLong.empty(),
                null,
                null,
                headers());
        ProducerSettings settings = ProducerSettings.defaults().withCodec(codec());
        try (Cluster cluster = bootstrap.connect()) {
            ensureTopic(cluster, to);
            JsonEncoder values = schema == null ? null : ValueEncoder.of(topic, schema, registry);
            try (Producer producer = new Producer(cluster, settings)) {
                sent = new SentLines(producer, settings.deliveryTimeout());
                OnSignal signal = new OnSignal(this::stopped);
                try {
                    sendAll(template, values);
                } finally {
                    signal.off();
                }
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void stopped() {
        Failures.notice(spec.commandLine(), sent.stop(STOP_PATIENCE));
    }

    private void ensureTopic(Cluster cluster, TopicName to) {
        if (cluster.topic(to).isPresent()) {
            return;
        }
        if (!create) {
            throw new FailureException("Topic " + to + " does not exist", "Check the name, or create it with --create");
        }
        new Admin(cluster).createTopic(to, -1, -1, Map.of());
    }

    private void sendAll(Outgoing template, JsonEncoder values) {
        InputLines lines = new InputLines(System.in);
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            if (values == null || !blank(line)) {
                sent.send(lines.number(), record(template, lines.number(), line, values));
            }
        }
        sent.finish();
    }

    private Outgoing record(Outgoing template, long number, byte[] line, JsonEncoder values) {
        byte[] key = null;
        byte[] rest = line;
        if (keyDelimiter != null) {
            byte[] delimiter = keyDelimiter.getBytes(StandardCharsets.UTF_8);
            int at = indexOf(line, delimiter);
            if (at < 0) {
                throw sent.refusal(number, "the delimiter '" + keyDelimiter + "' is missing", "Check -k and the input");
            }
            key = java.util.Arrays.copyOf(line, at);
            rest = java.util.Arrays.copyOfRange(line, at + delimiter.length, line.length);
        }
        byte[] value = values == null ? rest : encoded(number, rest, values);
        return new Outgoing(
                template.topic(), template.partition(), template.timestamp(), key, value, template.headers());
    }

    private byte[] encoded(long number, byte[] json, JsonEncoder values) {
        try {
            return values.encode(json);
        } catch (JsonMismatchException e) {
            throw sent.refusal(number, e.getMessage(), "Correct the line, or the schema");
        }
    }

    private static boolean blank(byte[] line) {
        for (byte each : line) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }

    private static int indexOf(byte[] line, byte[] wanted) {
        for (int at = 0; at <= line.length - wanted.length; at++) {
            if (java.util.Arrays.equals(line, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    private List<Header> headers() {
        List<Header> parsed = new ArrayList<>();
        for (String each : headers) {
            int equals = each.indexOf('=');
            if (equals <= 0) {
                throw misuse("-H " + each + " is not KEY=VALUE");
            }
            String value = each.substring(equals + 1);
            parsed.add(new Header(each.substring(0, equals), value.getBytes(StandardCharsets.UTF_8)));
        }
        return parsed;
    }

    private Codec codec() {
        try {
            return Codec.labelled(codec);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private CommandLine.ParameterException misuse(String what) {
        return new CommandLine.ParameterException(spec.commandLine(), what);
    }
}
