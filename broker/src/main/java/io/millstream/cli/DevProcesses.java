package io.millstream.cli;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.core.BrokerEndpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** ZooKeeper and each broker in a JVM of its own, to be killed by hand and watched. */
final class DevProcesses {

    /** Exit codes above it are a signal's number more. */
    private static final int BY_SIGNAL = 128;

    private final Serving serving;
    private final DevBrokers brokers;
    private final Path directory;
    private final PrintWriter err;
    private final List<String> verbosity;

    /** @param verbosity options for each of the processes */
    DevProcesses(Serving serving, DevBrokers brokers, Path directory, PrintWriter err, List<String> verbosity) {
        this.serving = serving;
        this.brokers = brokers;
        this.directory = directory.toAbsolutePath();
        this.err = err;
        this.verbosity = verbosity;
    }

    /** Starts all and returns where they serve, as {@link ReadyLine} says it. */
    String start(int zooKeeperPort) throws InterruptedException {
        String data = directory.resolve("zookeeper").toString();
        ServerProcess server =
                process("zookeeper", "zookeeper", "--port", Integer.toString(zooKeeperPort), "--data", data);
        String zooKeeper = server.awaitReady().get("zookeeper");
        String port = zooKeeper.substring(zooKeeper.lastIndexOf(':') + 1);
        watch(server, zooKeeper, "bin/millstream zookeeper --port " + port + " --data " + data);

        List<ServerProcess> processes = new ArrayList<>();
        for (int id = 1; id <= brokers.count(); id++) {
            Path file = write(id, brokers.settings(id, directory, zooKeeper));
            processes.add(process("broker " + id, "broker", "--config", file.toString()));
        }
        List<Map<String, String>> ready = new ArrayList<>();
        for (ServerProcess process : processes) {
            ready.add(serves(process, ready.size() + 1, zooKeeper));
        }
        return "bootstrap=" + ready.stream().map(each -> each.get("bootstrap")).collect(Collectors.joining(","))
                + " zookeeper=" + zooKeeper + " http=" + ready.get(0).get("http");
    }

    private ServerProcess process(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(verbosity);
        return serving.add(ServerProcess.start(name, all));
    }

    /** Waits for a broker, and writes down the ports it got, so that it gets them again when somebody starts it. */
    private Map<String, String> serves(ServerProcess process, int id, String zooKeeper) throws InterruptedException {
        Map<String, String> ready = process.awaitReady();
        Map<String, String> settings = brokers.settings(id, directory, zooKeeper);
        settings.computeIfPresent(
                BrokerSettings.LISTENERS.name(),
                (key, listeners) ->
                        brokers.given().containsKey(key) ? listeners : "PLAINTEXT://" + ready.get("bootstrap"));
        if (!ready.get("http").equals("none")) {
            settings.put(
                    BrokerSettings.HTTP_PORT.name(),
                    Integer.toString(BrokerEndpoint.parse(ready.get("http")).port()));
        }
        Path file = write(id, settings);
        watch(process, ready.get("bootstrap"), "bin/millstream broker --config " + file);
        return ready;
    }

    private Path write(int id, Map<String, String> settings) {
        Path file = directory.resolve("broker-" + id + ".properties");
        Properties properties = new Properties();
        properties.putAll(settings);
        try {
            Files.createDirectories(directory);
            try (Writer out = Files.newBufferedWriter(file)) {
                properties.store(out, "Broker " + id + " of millstream dev");
            }
            return file;
        } catch (IOException e) {
            throw new FailureException("Cannot write " + file + " (" + e + ")", "Check --data", e);
        }
    }

    private void watch(ServerProcess process, String where, String again) {
        say(process.name() + ": pid " + process.pid() + ", " + where + "; kill -9 " + process.pid()
                + " to see it fail, kill " + process.pid() + " to stop it");
        process.onUnexpectedEnd(code -> say(process.name() + " (pid " + process.pid() + ") "
                + (code > BY_SIGNAL ? "was killed by signal " + (code - BY_SIGNAL) : "ended with exit code " + code)
                + ". Start it again: " + again));
    }

    private void say(String line) {
        err.println("millstream: " + line);
        err.flush();
    }
}
