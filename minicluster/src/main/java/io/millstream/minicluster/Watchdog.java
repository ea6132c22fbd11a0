package io.millstream.minicluster;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends the containers of a cluster that was killed so that it could not do so itself. A process of its own, which sees that in the end
 * of its standard input.
 */
final class Watchdog {

    /** Keeps it from the signals that a terminal, or whoever kills the whole group, sends the cluster. */
    private static final String SETSID = "/usr/bin/setsid";

    /** A container that was being started becomes a process that tells what it is. */
    private static final long LATECOMER_SECONDS = 1;

    private Watchdog() {}

    /**
     * Starts it.
     *
     * @param directory of the cluster
     * @return to be kept, since what is collected closes its pipe
     */
    static Process start(Path directory) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of(SETSID))) {
            command.add(SETSID);
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of("-cp", classes(), Watchdog.class.getName(), directory.toString()));
        return new ProcessBuilder(command)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
    }

    private static String classes() throws IOException {
        try {
            return new File(Watchdog.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getPath();
        } catch (URISyntaxException e) {
            throw new IOException("The mini cluster's classes have no path", e);
        }
    }

    /** @param args the folder of the cluster */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path containers = MiniCluster.containers(Path.of(args[0]));
        MiniCluster.untilInputEnds();
        Containers.killAll(containers);
        TimeUnit.SECONDS.sleep(LATECOMER_SECONDS);
        Containers.killAll(containers);
    }
}
