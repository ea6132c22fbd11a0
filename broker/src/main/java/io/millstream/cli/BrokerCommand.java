package io.millstream.cli;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
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

/** {@code millstream broker}: one broker of a cluster, in the foreground. */
@Command(
        name = "broker",
        description = {
            "Runs one broker in the foreground. Settings have the names of Kafka's server.properties.",
            "Prints one line on standard output when it serves: ready bootstrap=H:P zookeeper=CONNECT http=H:P"
        },
        mixinStandardHelpOptions = true,
        subcommands = DumpLogCommand.class,
        sortOptions = false)
final class BrokerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "A file of settings, key=value per line.")
    private Path file;

    @Mixin
    private SettingOptions settings;

    @Option(names = "--check", description = "Only check the settings.")
    private boolean check;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ParentWatch parentWatch;

    @Override
    public Integer call() throws InterruptedException {
        verbosity.apply();
        parentWatch.apply();
        Map<String, String> given = new LinkedHashMap<>();
        if (file != null) {
            given.putAll(SettingOptions.read(file));
        }
        given.putAll(settings.given());
        BrokerConfig config = BrokerConfig.of(given);
        if (check) {
            return CommandLine.ExitCode.OK;
        }
        try (Serving serving = new Serving(spec.commandLine().getErr())) {
            Broker broker = serving.add(Broker.start(config));
            ReadyLine.print(spec.commandLine().getOut(), broker, config.get(BrokerSettings.ZOOKEEPER_CONNECT));
            serving.untilStopped();
        }
        return CommandLine.ExitCode.OK;
    }
}
