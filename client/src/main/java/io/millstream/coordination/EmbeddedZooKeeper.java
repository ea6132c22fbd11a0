package io.millstream.coordination;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/**
 * A ZooKeeper server in this process: for development, the demo and tests, and for a small installation that has no
 * ensemble. What it answered is on disk: it can be stopped and started again on the same directory and port.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {

    private static final long START_PATIENCE_MILLIS = 60_000;
    private static final String CONFIG_FILES = "zookeeper.configuration*.properties";

    private final ZooKeeperServerEmbedded server;
    private final String host;

    private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, String host) {
        this.server = server;
        this.host = host;
    }

    /**
     * Starts a server on 127.0.0.1, which serves when this returns.
     *
     * @param dataDir where it keeps its data; made if it is missing
     * @param port to listen on; 0: any free one
     * @throws IOException if it cannot start: the port is taken, the directory cannot be written
     */
    public static EmbeddedZooKeeper start(Path dataDir, int port) throws IOException {
        return start(dataDir, "127.0.0.1", port);
    }

    /**
     * Starts a server that listens on {@code host} only, an address of this machine.
     *
     * @throws IOException if it cannot start: the port is taken, the directory cannot be written
     */
    public static EmbeddedZooKeeper start(Path dataDir, String host, int port) throws IOException {
        requireFree(host, port);
        Files.createDirectories(dataDir);
        removeOldConfigurations(dataDir);
        try {
            ZooKeeperServerEmbedded server = ZooKeeperServerEmbedded.builder()
                    .baseDir(dataDir)
                    .configuration(configuration(dataDir, host, port))
                    // The process is not the server's to end.
                    .exitHandler(ExitHandler.LOG_ONLY)
                    .build();
            server.start(START_PATIENCE_MILLIS);
            return new EmbeddedZooKeeper(server, host);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new IOException(
                    "ZooKeeper did not start on " + host + ":" + port + " with data in " + dataDir + ": " + e, e);
        }
    }

    private static Properties configuration(Path dataDir, String host, int port) {
        Properties configuration = new Properties();
        configuration.setProperty(
                "dataDir", dataDir.resolve("data").toAbsolutePath().toString());
        configuration.setProperty("clientPort", Integer.toString(port));
        configuration.setProperty("clientPortAddress", host);
        // Expiry is noticed to a fifth of a second.
        configuration.setProperty("tickTime", "200");
        configuration.setProperty("minSessionTimeout", "1000");
        configuration.setProperty("maxSessionTimeout", "120000");
        // Per client address, and here all are one.
        configuration.setProperty("maxClientCnxns", "1000");
        configuration.setProperty("admin.enableServer", "false");
        configuration.setProperty("4lw.commands.whitelist", "srvr");
        configuration.setProperty("autopurge.snapRetainCount", "3");
        configuration.setProperty("autopurge.purgeInterval", "1");
        return configuration;
    }

    /** Says now what the server would only log. */
    private static void requireFree(String host, int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException e) {
            throw new IOException("ZooKeeper cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** The server writes one at each start and never removes it. */
    private static void removeOldConfigurations(Path dataDir) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(dataDir, CONFIG_FILES)) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.getClientPort();
    }

    /** {@code host:port}, for clients. */
    public String connectString() {
        try {
            String address = InetAddress.getByName(host).isAnyLocalAddress() ? "127.0.0.1" : host;
            return address.indexOf(':') >= 0 ? "[" + address + "]:" + port() : address + ":" + port();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server; its port is free when this returns. Connections are cut, sessions are not ended. */
    @Override
    public void close() {
        server.close();
    }
}
