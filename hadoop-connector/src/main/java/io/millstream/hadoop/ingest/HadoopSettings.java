package io.millstream.hadoop.ingest;

import io.millstream.hadoop.input.TopicInputFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** Where the job runs, and how Hadoop is set up for it. */
final class HadoopSettings {

    private static final String FRAMEWORK = "mapreduce.framework.name";
    private static final String LOCAL = "local";
    private static final String POLL_MILLIS = "mapreduce.client.completion.pollinterval";
    private static final String LOCAL_POLL_MILLIS = "100";
    private static final String CLUSTER_POLL_MILLIS = "1000";

    private static final String JOB_JAR = "mapreduce.job.jar";

    /** A row group in memory, and what is fetched ahead of it. */
    private static final long LOCAL_TASK_BYTES = 320L * 1024 * 1024;

    private HadoopSettings() {}

    /**
     * Sets what the user left open.
     *
     * @param bootstrap brokers for the tasks
     * @param environment the process's environment variables
     * @return where the job will run, for people
     * @throws UsageException if it would run where its classes are not
     */
    static String prepare(Configuration conf, String bootstrap, Map<String, String> environment) throws IOException {
        TopicInputFormat.setBootstrap(conf, bootstrap);
        if (isLocal(conf)) {
            set(conf, POLL_MILLIS, LOCAL_POLL_MILLIS);
            set(conf, "mapreduce.local.map.tasks.maximum", Long.toString(localTasks()));
            return "runs in this process (mapreduce.framework.name=local)";
        }
        if (conf.get(JOB_JAR) == null) {
            JobJar.find(environment).ifPresent(jar -> conf.set(JOB_JAR, jar));
        }
        if (conf.get(JOB_JAR) == null) {
            throw new UsageException(
                    "The job would run on " + conf.get(FRAMEWORK) + ", whose nodes do not have Millstream's"
                            + " classes: name a jar with all of them by -D " + JOB_JAR + "=JAR, or run here with -D "
                            + FRAMEWORK
                            + "=" + LOCAL);
        }
        set(conf, POLL_MILLIS, CLUSTER_POLL_MILLIS);
        // Hadoop's class path has its own, older versions of most libraries that the tasks use.
        set(conf, "mapreduce.job.classloader", "true");
        return "runs on " + conf.get(FRAMEWORK) + " (" + conf.get("yarn.resourcemanager.address", "default address")
                + ")";
    }

    /** One for each processor, as far as the heap holds their buffers. */
    private static long localTasks() {
        Runtime runtime = Runtime.getRuntime();
        return Math.max(1, Math.min(runtime.availableProcessors(), runtime.maxMemory() / LOCAL_TASK_BYTES));
    }

    private static boolean isLocal(Configuration conf) {
        return conf.get(FRAMEWORK, LOCAL).equals(LOCAL);
    }

    /** Sets a key unless the user did; Hadoop's own defaults do not count. */
    private static void set(Configuration conf, String key, String value) {
        String[] sources = conf.getPropertySources(key);
        if (sources == null || Arrays.stream(sources).allMatch(source -> source.endsWith("-default.xml"))) {
            conf.set(key, value);
        }
    }
}
