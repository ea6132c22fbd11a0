package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.task.IngestSetting;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of {@code millstream ingest}. Each has a configuration key, and goes before it. */
@Command(
        name = "millstream ingest",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpAutoWidth = true,
        description =
                "Writes what was produced since the job's last run as Parquet files by hour, each record exactly once.",
        footer = {
            "",
            "Hadoop's generic options (-D key=value, -conf, -fs, -libjars) may stand anywhere. With HADOOP_CONF_DIR the job runs on"
                    + " that cluster, without it in this process.",
            "Exit codes: 0 done (also if there was nothing to do), 1 failed, 2 bad usage."
        })
final class IngestCommand {

    @Option(
            names = "--topics",
            paramLabel = "REGEX",
            description = "Names and regular expressions, separated by commas.")
    private String topics;

    @Option(
            names = "--exclude",
            paramLabel = "REGEX",
            description = "Which of these topics to leave out, written as --topics; may differ from run to run.")
    private String exclude;

    @Option(names = "--to", paramLabel = "URI", description = "Target folder; the topics' folders are made in it.")
    private String to;

    @Option(names = "--job", paramLabel = "NAME", description = "Name of the job, which is also its consumer group.")
    private String job;

    @Option(
            names = {"-b", "--bootstrap", "--bootstrap-server"},
            paramLabel = "HOST:PORT,...",
            description = "Brokers to read from (or MILLSTREAM_BOOTSTRAP). Without it: those registered in ZooKeeper.")
    private String bootstrap;

    @Option(
            names = "--zookeeper",
            paramLabel = "HOST:PORT,...",
            description = "ZooKeeper, where offsets and runs are kept (or MILLSTREAM_ZOOKEEPER).")
    private String zooKeeper;

    @Option(
            names = "--start",
            paramLabel = "earliest|latest",
            description = "Where partitions begin that the job has not read before. Default: earliest.")
    private String start;

    @Option(names = "--plan", description = "Print what a run would read, and change nothing.")
    private boolean plan;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Writes the options into the configuration. */
    void applyTo(Configuration conf) {
        set(conf, IngestSetting.TOPICS, topics);
        set(conf, IngestSetting.TOPICS_EXCLUDE, exclude);
        set(conf, IngestSetting.TO, to);
        set(conf, IngestSetting.JOB, job);
        set(conf, IngestSetting.BOOTSTRAP, bootstrap);
        set(conf, IngestSetting.ZOOKEEPER, zooKeeper);
        set(conf, IngestSetting.START, start);
    }

    private static void set(Configuration conf, IngestSetting setting, String value) {
        if (value != null) {
            conf.set(setting.key(), value);
        }
    }

    boolean planOnly() {
        return plan;
    }

    boolean json() {
        return json;
    }

    /** The arguments without the words that name this command. */
    static List<String> withoutCommandWords(List<String> args) {
        int words = 0;
        if (words < args.size() && args.get(words).equals("ingest")) {
            words++;
        }
        if (words < args.size() && args.get(words).equals("run")) {
            words++;
        }
        return args.subList(words, args.size());
    }
}
