package io.millstream.cli;

import io.millstream.broker.config.BrokerConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millstream dev}: ZooKeeper and brokers in the foreground, in this process or in one each. */
@Command(
        name = "dev",
        description = {
            "Runs ZooKeeper and brokers in the foreground, on this machine's loopback address.",
            "Prints one line on standard output when they serve: ready bootstrap=H:P,... zookeeper=H:P http=H:P"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Dev implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many brokers, with ids from 1 (default: ${DEFAULT-VALUE}).")
    private int brokers;

    @Option(
            names = "--processes",
            description =
                    "ZooKeeper and each broker run in a process of their own; a line on standard error says which.")
    private boolean processes;

    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "9092",
            converter = Port.class,
            description =
                    "The first broker's port, the others take the next ones; 0 is any free ones (default: ${DEFAULT-VALUE}).")
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
            description =
                    "The first HTTP endpoint's port, the others take the next ones; 0 is any free ones, -1 is none "
                            + "(default: ${DEFAULT-VALUE}).")
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
        DevBrokers all =
                new DevBrokers(brokers, port, httpPort, Runtime.getRuntime().maxMemory(), settings.given());
        all.objection(zooKeeperPort).ifPresent(objection -> {
            throw new CommandLine.ParameterException(spec.commandLine(), objection);
        });
        // What is wrong with the settings is said before anything is started.
        BrokerConfig unused = all.config(1, Path.of("."), DevBrokers.HOST + ":" + zooKeeperPort);
        try (Serving serving = new Serving(spec.commandLine().getErr())) {
            Path directory = data != null
                    ? data
                    : serving.add(new TemporaryDirectory("millstream-dev-")).path();
            ReadyLine.print(spec.commandLine().getOut(), start(serving, all, directory));
            serving.untilStopped();
        }
        return CommandLine.ExitCode.OK;
    }

    private String start(Serving serving, DevBrokers all, Path directory) throws InterruptedException {
        return processes
                ? new DevProcesses(
                                serving,
                                all.apart(),
                                directory,
                                spec.commandLine().getErr(),
                                verbosity.options())
                        .start(zooKeeperPort)
                : new DevInProcess(serving, all, directory).start(zooKeeperPort);
    }
}
