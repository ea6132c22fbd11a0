package io.millstream.cli;

import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millstream zookeeper}: a single ZooKeeper server, in the foreground. */
@Command(
        name = "zookeeper",
        description = {
            "Runs a single ZooKeeper server in the foreground.",
            "Prints one line on standard output when it serves: ready zookeeper=H:P"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ZooKeeperCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; 0.0.0.0 is every one (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "P",
            required = true,
            converter = Port.class,
            description = "The port; 0 is any free one.")
    private int port;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Where data is kept.")
    private Path data;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ParentWatch parentWatch;

    @Override
    public Integer call() throws InterruptedException {
        verbosity.apply();
        parentWatch.apply();
        try (Serving serving = new Serving(spec.commandLine().getErr())) {
            EmbeddedZooKeeper server;
            try {
                server = serving.add(EmbeddedZooKeeper.start(data, host, port));
            } catch (IOException e) {
                throw new FailureException(e.getMessage(), "Choose another --port, or check --data", e);
            }
            ReadyLine.print(spec.commandLine().getOut(), "zookeeper=" + server.connectString());
            serving.untilStopped();
        }
        return CommandLine.ExitCode.OK;
    }
}
