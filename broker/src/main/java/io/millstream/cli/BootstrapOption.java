package io.millstream.cli;

import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --bootstrap HOST:PORT}: which cluster is meant. */
final class BootstrapOption {

    private static final String DEFAULT = "localhost:9092";

    /** Somebody waits in front of a terminal. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            defaultValue = "${env:MILLSTREAM_BOOTSTRAP:-" + DEFAULT + "}",
            description =
                    "Some brokers of the cluster, with commas between (MILLSTREAM_BOOTSTRAP, or " + DEFAULT + ").")
    private String bootstrap;

    Cluster connect() {
        return Cluster.bootstrap(
                servers(), ClientSettings.defaults("millstream-cli").withTimeout(PATIENCE));
    }

    private List<BrokerEndpoint> servers() {
        try {
            return Arrays.stream(bootstrap.split(",", -1))
                    .map(each -> BrokerEndpoint.parse(each.trim()))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command.commandLine(), "--bootstrap: " + e.getMessage(), e);
        }
    }

    /** A topic's name as it was given. */
    TopicName topic(String name) {
        try {
            return new TopicName(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "'" + name + "' is no topic: " + e.getMessage(), e);
        }
    }
}
