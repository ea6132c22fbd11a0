package io.millstream.minicluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.namenode.EditLogFileOutputStream;
import org.apache.hadoop.mapreduce.v2.MiniMRYarnCluster;

/**
 * HDFS and YARN on free ports of this machine, whose containers are JVMs of their own. When both serve it prints {@code ready
 * hdfs=URI conf=DIRECTORY}; the folder has what a client needs to know, for {@code HADOOP_CONF_DIR}. It ends, with all of its
 * containers, when its standard input does: so it does not outlive who started it. If it is killed, a {@link Watchdog} ends them.
 */
public final class MiniCluster {

    private static final String NAME = "millstream";
    private static final String CONTAINERS = "target/test/data"; // where Hadoop's mini cluster puts them
    private static final int STOPPED = 130;

    private static Process watchdog;

    private MiniCluster() {}

    /** @param args the folder for all that it writes; it must be the current one, too, where Hadoop writes without asking */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("Usage: MiniCluster DIR");
            System.exit(2);
        }
        PrintStream out = System.out;
        System.setOut(System.err); // whatever Hadoop prints belongs into the log
        Path directory = Path.of(args[0]).toAbsolutePath();
        // Ctrl-C reaches this process, too, and not containers, which are in sessions of their own.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(STOPPED, directory), "end"));
        int code = 1;
        try {
            watchdog = Watchdog.start(directory);
            out.println(start(directory));
            out.flush();
            untilInputEnds();
            code = 0;
        } catch (IOException | RuntimeException e) { // the last stop; threads of what has started would go on
            System.err.println("The mini cluster ends: " + e);
        }
        end(code, directory);
    }

    /** Where containers have their folders. */
    static Path containers(Path directory) {
        return directory.resolve(CONTAINERS);
    }

    private static void end(int code, Path directory) {
        Containers.killAll(containers(directory)); // the watchdog, too
        // An orderly stop takes a quarter of a minute, and nobody will see the data again.
        Runtime.getRuntime().halt(code);
    }

    private static String start(Path directory) throws IOException {
        Path conf = Files.createDirectories(directory.resolve("conf"));
        Configuration settings = ClusterSettings.forServers(directory);
        EditLogFileOutputStream.setShouldSkipFsyncForTesting(true);
        MiniDFSCluster hdfs =
                new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
        hdfs.waitActive();
        settings.set("fs.defaultFS", hdfs.getURI().toString());
        MiniMRYarnCluster yarn = new MiniMRYarnCluster(NAME, 1);
        yarn.init(settings);
        yarn.start();
        ClusterSettings.writeForClients(yarn.getConfig(), conf);
        return "ready hdfs=" + hdfs.getURI() + " conf=" + conf;
    }

    /** Returns when whoever started this process closes its input, or is gone. */
    static void untilInputEnds() throws IOException {
        while (System.in.read() >= 0) {
            // What is said does not matter, only that somebody is there.
        }
    }
}
