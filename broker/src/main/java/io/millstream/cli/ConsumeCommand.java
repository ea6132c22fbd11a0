package io.millstream.cli;

import io.millstream.client.Cluster;
import io.millstream.core.TopicName;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream consume}: prints the records of a topic. */
@Command(
        name = "consume",
        description = {
            "Prints the values of a topic's records, a line each, and waits for more.",
            "A value in Avro with a schema's id in front is printed as JSON, everything else as it is, byte by byte.",
            "Reads without a group: nothing is committed. Records of one partition come in their order."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ConsumeCommand implements Callable<Integer> {

    private static final String VALUES = "%s\\n";

    private final StandardOutput out;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TOPIC", description = "What to read.")
    private String topic;

    @Option(
            names = {"-o", "--offset"},
            paramLabel = "OFFSET",
            defaultValue = "beginning",
            converter = StartOffset.Converter.class,
            description = "Where to begin in each partition: beginning, end, N (that offset), -N (the last N); "
                    + "default: ${DEFAULT-VALUE}.")
    private StartOffset start;

    @Option(
            names = {"-n", "-c", "--count"},
            paramLabel = "COUNT",
            description = "End after so many records.")
    private Long count;

    @Option(
            names = {"-e", "--exit"},
            description = "End where the partitions ended when this began.")
    private boolean exit;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "Only this partition; may be repeated.")
    private List<Integer> partitions = List.of();

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "What to print: %%t topic, %%p partition, %%o offset, %%T timestamp, %%k key, %%s value, "
                    + "%%h headers, \\n, \\t (default: %%s\\n).")
    private String format;

    @Option(names = "--json", description = "Print one JSON object per line with everything of the record.")
    private boolean json;

    @Option(names = "--raw", description = "Print keys and values as they are, also if they are Avro.")
    private boolean raw;

    @Mixin
    private BootstrapOption bootstrap;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    ConsumeCommand(StandardOutput out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        verbosity.apply();
        if (json && format != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--json and -f do not go together");
        }
        if (count != null && count < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "-n " + count + ": at least 1");
        }
        TopicName from = bootstrap.topic(topic);
        RecordText text = new RecordText(new ValueDecoder(raw ? null : registry));
        String wanted = format == null ? VALUES : format;
        RecordLoop.Printed print =
                (partition, record) -> json ? text.json(partition, record) : text.formatted(wanted, partition, record);
        try (Cluster cluster = bootstrap.connect()) {
            new RecordLoop(
                            cluster,
                            print,
                            out,
                            sentence -> Failures.notice(spec.commandLine(), sentence),
                            count == null ? Long.MAX_VALUE : count)
                    .run(from, wanted(cluster, from), start, exit);
        }
        return CommandLine.ExitCode.OK;
    }

    private Set<Integer> wanted(Cluster cluster, TopicName from) {
        if (cluster.topic(from).isEmpty()) {
            throw new FailureException("Topic " + from + " does not exist", "Check the name and --bootstrap");
        }
        Set<Integer> all = cluster.partitions(from);
        if (partitions.isEmpty()) {
            return all;
        }
        for (Integer each : partitions) {
            if (!all.contains(each)) {
                throw new FailureException(
                        "Topic " + from + " has no partition " + each,
                        "It has the partitions 0 to " + (all.size() - 1));
            }
        }
        return new TreeSet<>(partitions);
    }
}
