package io.millstream.cluster;

import io.millstream.examples.minicluster.HadoopCluster;
import io.millstream.examples.minicluster.JobJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;

/** HDFS and YARN for all tests of this JVM, started by the first that asks and ended with it; and the jar of their jobs. */
public final class Hadoop {

    private static Hadoop shared;

    private final HadoopCluster cluster;
    private final Path jar;

    private Hadoop(HadoopCluster cluster, Path jar) {
        this.cluster = cluster;
        this.jar = jar;
    }

    /** The one there is. */
    public static synchronized Hadoop shared() throws IOException {
        if (shared == null) {
            // Its log and those of its containers are looked into when a test has failed.
            Path folder = Path.of("target", "minicluster").toAbsolutePath();
            FileUtil.fullyDelete(folder.toFile());
            Files.createDirectories(folder);
            Path jar = folder.resolve("job.jar");
            JobJar.write(jar);
            shared = new Hadoop(HadoopCluster.start(folder), jar);
        }
        return shared;
    }

    /** The servers. */
    public HadoopCluster cluster() {
        return cluster;
    }

    /** The jar that ingest has for clusters if it was built, as in every build up to the end; else as for other jobs. */
    public Path jarOfIngest() throws IOException {
        try (Stream<Path> built = Files.list(Path.of("..", "hadoop-connector", "target"))) {
            return built.filter(file -> file.getFileName().toString().endsWith("-job.jar"))
                    .findFirst()
                    .map(Path::toAbsolutePath)
                    .orElse(jar);
        }
    }

    /** For a job on the cluster that brings all of its classes. */
    Configuration configuration() {
        Configuration conf = cluster.configuration();
        conf.set("mapreduce.job.jar", jar.toString());
        conf.setBoolean("mapreduce.job.classloader", true);
        return conf;
    }
}
