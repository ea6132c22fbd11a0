package io.millstream.cli;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millstream dev}: ZooKeeper and a broker in this process, in the foreground. */
@Command(
        name = "dev",
        description = {
            "Runs ZooKeeper and a broker in this process, in the foreground, on this machine's loopback address.",
            "Prints one line on standard output when it serves: ready bootstrap=H:P zookeeper=H:P http=H:P"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Dev implements Callable<Integer> {

    private static final String HOST = "127.0.0.1";

    /** Sessions end with the process that also runs ZooKeeper, so nothing is gained by long ones. */
    private static final String SESSION_TIMEOUT_MILLIS = "6000";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many brokers (only 1 so far).")
    private int brokers;

    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "9092",
            converter = Port.class,
            description = "The broker's port; 0 is any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--zookeeper-port",
            paramLabel = "P",
            defaultValue = "2181",
            converter = Port.class,
            description = "ZooKeeper's port; 0 is any free one (default: ${DEFAULT-VALUE}).")
    private int zooKeeperPort;

    @Option(
            names = "--http-port",
            paramLabel = "P",
            defaultValue = "8081",
            converter = Port.OrNone.class,
            description = "The HTTP endpoint's port; 0 is any free one (default: ${DEFAULT-VALUE}).")
    private int httpPort;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where data is kept (default: a temporary directory, deleted at the end).")
    private Path data;

    @Mixin
    private SettingOptions settings;

    @Mixin
    private Verbosity verbosity;

    @Override
    public Integer call() throws InterruptedException {
        verbosity.apply();
        if (brokers != 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--brokers " + brokers + " is not possible yet: this release runs one broker");
        }
        // What is wrong with the settings is said before anything is started.
        BrokerConfig unused = config(Path.of("."), HOST + ":" + zooKeeperPort);
        try (Serving serving = new Serving(spec.commandLine().getErr())) {
            Path directory = data != null
                    ? data
                    : serving.add(new TemporaryDirectory("millstream-dev-")).path();
            EmbeddedZooKeeper zooKeeper = serving.add(startZooKeeper(directory.resolve("zookeeper"), zooKeeperPort));
            Broker broker = serving.add(Broker.start(config(directory, zooKeeper.connectString())));
            ReadyLine.print(spec.commandLine().getOut(), broker, zooKeeper.connectString());
            serving.untilStopped();
        }
        return CommandLine.ExitCode.OK;
    }

    private static EmbeddedZooKeeper startZooKeeper(Path directory, int port) {
        try {
            return EmbeddedZooKeeper.start(directory, port);
        } catch (IOException e) {
            throw new FailureException(
                    e.getMessage(), "Choose another --zookeeper-port (0: any free one), or check --data", e);
        }
    }

    private BrokerConfig config(Path directory, String zooKeeper) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("broker.id", "1");
        config.put("listeners", "PLAINTEXT://" + HOST + ":" + port);
        config.put("http.port", Integer.toString(httpPort));
        config.put("zookeeper.connect", zooKeeper);
        config.put("zookeeper.session.timeout.ms", SESSION_TIMEOUT_MILLIS);
        config.put("log.dirs", directory.resolve("broker-1").toString());
        config.putAll(settings.given());
        return BrokerConfig.of(config);
    }
}
