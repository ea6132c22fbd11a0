package io.millstream.examples.demo;

import io.millstream.examples.minicluster.HadoopCluster;
import io.millstream.examples.minicluster.JobJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Tasks are containers of YARN, each a JVM of its own, and files lie on HDFS. */
final class ClusterPlace implements Place {

    private static final String LAKE = "/lake";
    private static final String JOB_JAR = "MILLSTREAM_JOB_JAR";

    private final HadoopCluster cluster;
    private final Path jar;
    private final Path directory;
    private final Optional<Path> ofCluster;

    private ClusterPlace(HadoopCluster cluster, Path jar, Path directory, Optional<Path> ofCluster) {
        this.cluster = cluster;
        this.jar = jar;
        this.directory = directory;
        this.ofCluster = ofCluster;
    }

    /** Starts a cluster, which ends with this. */
    static ClusterPlace in(Path directory) throws IOException {
        Path ofCluster = Files.createDirectories(directory.resolve("hadoop"));
        return new ClusterPlace(HadoopCluster.start(ofCluster), jar(ofCluster), directory, Optional.of(ofCluster));
    }

    /** The one that the launcher names, or else one of this process's classes. */
    private static Path jar(Path folder) throws IOException {
        String named = System.getenv().getOrDefault(JOB_JAR, "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        Path jar = folder.resolve("job.jar");
        JobJar.write(jar);
        return jar;
    }

    /** Takes one that is there and stays. */
    static ClusterPlace on(HadoopCluster cluster, Path jar, Path directory) {
        return new ClusterPlace(cluster, jar, directory, Optional.empty());
    }

    @Override
    public String description() {
        Configuration conf = cluster.configuration();
        return "HDFS at " + conf.get("fs.defaultFS") + " and YARN at " + conf.get("yarn.resourcemanager.address")
                + " serve, in a process of their own.";
    }

    @Override
    public Configuration configuration() {
        Configuration conf = cluster.configuration();
        conf.set("mapreduce.job.jar", jar.toString());
        return conf;
    }

    @Override
    public String lake() {
        return cluster.configuration().get("fs.defaultFS") + LAKE;
    }

    @Override
    public String ofFiles() {
        return ", copied out of HDFS,";
    }

    @Override
    public Path readBack() throws IOException {
        Path copy = directory.resolve("lake");
        try (FileSystem hdfs = FileSystem.newInstance(cluster.configuration())) {
            hdfs.copyToLocalFile(
                    false,
                    new org.apache.hadoop.fs.Path(LAKE),
                    new org.apache.hadoop.fs.Path(copy.toUri()),
                    true); // without checksum files beside
        }
        return copy;
    }

    /** Ends the cluster that was started here, and with it what lies on HDFS. */
    @Override
    public void close() throws IOException {
        if (ofCluster.isPresent()) {
            cluster.close();
            delete(ofCluster.get());
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> gone;
        try (Stream<Path> all = Files.walk(folder)) {
            gone = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : gone) {
            Files.deleteIfExists(each);
        }
    }
}
