package io.millstream.minicluster;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** How the servers are set up, and what of it clients have to know. */
final class ClusterSettings {

    /** Short ways on one machine: asked ten times a second, a node with nothing to do costs nothing. */
    private static final String HEARTBEAT_MILLIS = "100";

    /** A node that was lost is noticed while somebody waits for it; one of a machine that is busy is not taken for lost. */
    private static final String NODE_LOST_MILLIS = "30000";

    private static final String CONTAINER_MEGABYTES = "384";
    private static final String CONTAINER_FLAGS = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto";

    private static final Map<String, String> OF_SERVERS = Map.of(
            "yarn.nm.liveness-monitor.expiry-interval-ms", NODE_LOST_MILLIS,
            "dfs.replication", "1",
            "dfs.namenode.safemode.extension", "0",
            "yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", HEARTBEAT_MILLIS,
            "yarn.scheduler.minimum-allocation-mb", "128",
            "yarn.scheduler.capacity.maximum-am-resource-percent", "1.0",
            // A machine whose disk is nearly full can still run a demo.
            "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100",
            // Not the default, which would be taken for a place on the local disk.
            "yarn.app.mapreduce.am.staging-dir", "/staging");

    /** Where servers are that have chosen a port, and folders that both sides must agree on. */
    private static final List<String> TOLD_TO_CLIENTS = List.of(
            "fs.defaultFS",
            "yarn.resourcemanager.address",
            "yarn.resourcemanager.scheduler.address",
            "yarn.resourcemanager.resource-tracker.address",
            "yarn.resourcemanager.webapp.address",
            "mapreduce.jobhistory.address",
            "mapreduce.jobhistory.webapp.address",
            "yarn.app.mapreduce.am.staging-dir");

    private static final Map<String, String> OF_CLIENTS = Map.ofEntries(
            Map.entry("mapreduce.framework.name", "yarn"),
            Map.entry("dfs.replication", "1"),
            Map.entry("mapreduce.client.submit.file.replication", "1"),
            Map.entry("yarn.app.mapreduce.am.resource.mb", CONTAINER_MEGABYTES),
            Map.entry("mapreduce.map.memory.mb", CONTAINER_MEGABYTES),
            Map.entry("mapreduce.reduce.memory.mb", CONTAINER_MEGABYTES),
            Map.entry("yarn.app.mapreduce.am.command-opts", CONTAINER_FLAGS),
            Map.entry("mapreduce.map.java.opts", CONTAINER_FLAGS),
            Map.entry("mapreduce.reduce.java.opts", CONTAINER_FLAGS),
            Map.entry("mapreduce.task.io.sort.mb", "16"),
            Map.entry("yarn.app.mapreduce.am.scheduler.heartbeat.interval-ms", HEARTBEAT_MILLIS),
            Map.entry("mapreduce.client.completion.pollinterval", HEARTBEAT_MILLIS),
            Map.entry("mapreduce.client.progressmonitor.pollinterval", HEARTBEAT_MILLIS));

    private static final List<String> FILES =
            List.of("core-site.xml", "hdfs-site.xml", "mapred-site.xml", "yarn-site.xml");

    private ClusterSettings() {}

    static Configuration forServers(Path directory) {
        Configuration settings = new Configuration();
        OF_SERVERS.forEach(settings::set);
        settings.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("hdfs").toString());
        settings.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        return settings;
    }

    /** Writes the same under each name, because each is read after other defaults. */
    static void writeForClients(Configuration ofServers, Path folder) throws IOException {
        Configuration told = new Configuration(false);
        TOLD_TO_CLIENTS.forEach(key -> told.set(key, ofServers.get(key)));
        OF_CLIENTS.forEach(told::set);
        // What containers run on: this program's libraries are those of a Hadoop distribution.
        String classes = libraries() + "/*";
        told.set("yarn.application.classpath", classes);
        told.set("mapreduce.application.classpath", classes);
        for (String file : FILES) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
                told.writeXml(out);
            }
        }
    }

    /** The folder with Hadoop's jars. */
    private static Path libraries() throws IOException {
        URL jar = Configuration.class.getProtectionDomain().getCodeSource().getLocation();
        try {
            return Path.of(jar.toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new IOException("Hadoop's jar has no path: " + jar, e);
        }
    }
}
