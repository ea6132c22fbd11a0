package io.millstream.cluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.awaitility.Awaitility;

/** One more node of YARN: a node manager in a process of its own, which can be killed and leaves its containers then. */
final class Node implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Map<String, String> SETTINGS = Map.of(
            "yarn.resourcemanager.connect.max-wait.ms", "20000", // does not outlive the cluster, however that ends
            "yarn.nodemanager.hostname", "127.0.0.1", // not what the other node calls itself
            "yarn.nodemanager.localizer.address", "127.0.0.1:0",
            "yarn.nodemanager.webapp.address", "127.0.0.1:0",
            "yarn.nodemanager.resource.memory-mb", "8192",
            "yarn.nodemanager.aux-services", "mapreduce_shuffle",
            "mapreduce.shuffle.port", "0",
            "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100",
            "yarn.nodemanager.vmem-check-enabled", "false");

    private final Configuration cluster;
    private final Process process;
    private final int port;
    private List<ProcessHandle> containers = List.of();

    private Node(Configuration cluster, Process process, int port) {
        this.cluster = cluster;
        this.process = process;
        this.port = port;
    }

    /** Starts it and waits until the cluster has it. */
    static Node join(Configuration cluster, Path folder) throws IOException {
        Configuration conf = new Configuration(cluster);
        SETTINGS.forEach(conf::set);
        int port = freePort();
        conf.set("yarn.nodemanager.address", "127.0.0.1:" + port);
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        conf.set("yarn.nodemanager.local-dirs", folder.resolve("local").toString());
        conf.set("yarn.nodemanager.log-dirs", folder.resolve("logs").toString());
        Files.createDirectories(folder);
        for (String file : List.of("core-site.xml", "yarn-site.xml")) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
                conf.writeXml(out);
            }
        }
        Path program = Path.of(System.getProperty("millstream.minicluster")).toAbsolutePath();
        String classes = folder + File.pathSeparator + program.resolve("classes") + File.pathSeparator
                + program.resolve("lib") + File.separator + "*";
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes,
                        "org.apache.hadoop.yarn.server.nodemanager.NodeManager")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("node.log").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home")); // of the containers, too
        Node node = new Node(cluster, builder.start(), port);
        try {
            node.await(true);
            return node;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    /** Until the cluster counts on it, or does not. */
    private void await(boolean running) {
        try (YarnClient yarn = YarnClient.createYarnClient()) {
            yarn.init(cluster);
            yarn.start();
            Awaitility.await().atMost(PATIENCE).until(() -> isAmong(yarn.getNodeReports(NodeState.RUNNING)) == running);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isAmong(List<NodeReport> nodes) {
        return nodes.stream().anyMatch(each -> each.getNodeId().getPort() == port);
    }

    /** SIGKILL of the node manager alone; waits until the cluster has given the node up. Returns what goes on without it. */
    List<ProcessHandle> lose() {
        containers = process.descendants().toList();
        process.destroyForcibly();
        await(false);
        return containers;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        Stream.concat(containers.stream(), process.descendants()).forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
