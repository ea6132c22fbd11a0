package io.millstream.cluster;

import io.millstream.examples.minicluster.HadoopCluster;
import io.millstream.examples.minicluster.JobJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;

/** HDFS and YARN for all tests of this JVM, started by the first that asks and ended with it; and the jar of their jobs. */
public final class Hadoop {

    private static final List<String> IN_JAR_OF_INGEST = List.of("client", "schemas", "hadoop-connector");

    private static Hadoop shared;

    private final HadoopCluster cluster;
    private final Path folder;
    private final Path jar;

    private Hadoop(HadoopCluster cluster, Path folder, Path jar) {
        this.cluster = cluster;
        this.folder = folder;
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
            shared = new Hadoop(HadoopCluster.start(folder), folder, jar);
        }
        return shared;
    }

    /** The servers. */
    public HadoopCluster cluster() {
        return cluster;
    }

    /** For what belongs to this run, and is looked into when it has failed. */
    Path folder(String name) {
        return folder.resolve(name);
    }

    /**
     * The jar that ingest has for clusters if it was built of the classes that there are now, as in every build up to the end;
     * else as for other jobs, since one of an earlier build has other code than this process.
     */
    public Path jarOfIngest() throws IOException {
        Optional<Path> built;
        try (Stream<Path> files = Files.list(target("hadoop-connector"))) {
            built = files.filter(file -> file.getFileName().toString().endsWith("-job.jar"))
                    .findFirst();
        }
        return built.isPresent() && isOfTheseClasses(built.get()) ? built.get().toAbsolutePath() : jar;
    }

    private static boolean isOfTheseClasses(Path built) throws IOException {
        FileTime time = Files.getLastModifiedTime(built);
        for (String module : IN_JAR_OF_INGEST) {
            try (Stream<Path> files = Files.walk(target(module).resolve("classes"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (Files.getLastModifiedTime(file).compareTo(time) > 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static Path target(String module) {
        return Path.of("..", module, "target");
    }

    static boolean isApplicationMaster(ProcessHandle process) {
        return Stream.of(process.info().arguments().orElse(new String[0]))
                .anyMatch("org.apache.hadoop.mapreduce.v2.app.MRAppMaster"::equals);
    }

    /** For a job on the cluster that brings all of its classes. */
    Configuration configuration() {
        Configuration conf = cluster.configuration();
        conf.set("mapreduce.job.jar", jar.toString());
        conf.setBoolean("mapreduce.job.classloader", true);
        return conf;
    }
}
