package io.millstream.hadoop.output;

import io.millstream.hadoop.ingest.Version;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code millstream output}. */
@Command(
        name = "millstream output",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpAutoWidth = true,
        description = "Shows and finishes what Hadoop jobs publish to topics.",
        footer = {
            "",
            "list     every publication, and how far it is; waits for ZooKeeper for half a minute, unless millstream.output.timeout.ms is set",
            "resume   finishes the ones named, or with --all every one that is open, and deletes staging folders that are left of"
                    + " others; safe at any time, also while the job runs",
            "abandon  gives up the ones named: what was sent stays in the topics, the rest is deleted from the staging folder; who is"
                    + " publishing stops within millstream.output.timeout.ms (two minutes)",
            "",
            "Hadoop's generic options (-D key=value, -conf, -fs) may stand anywhere. With HADOOP_CONF_DIR the staging folder is"
                    + " found on that cluster.",
            "Exit codes: 0 done, 1 failed, 2 bad usage."
        })
final class OutputCommand {

    /** What to do. */
    enum Action {
        LIST,
        RESUME,
        ABANDON
    }

    @Parameters(index = "0", paramLabel = "list|resume|abandon", description = "What to do.")
    private Action action;

    @Parameters(index = "1..*", paramLabel = "PUBLICATION", description = "As list names them.")
    private List<String> publications = List.of();

    @Option(names = "--all", description = "Every publication that is open.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(
            names = "--zookeeper",
            paramLabel = "HOST:PORT,...",
            description = "ZooKeeper, where decisions are kept (or MILLSTREAM_ZOOKEEPER).")
    private String zooKeeper;

    Action action() {
        return action;
    }

    List<String> publications() {
        return publications;
    }

    boolean all() {
        return all;
    }

    boolean json() {
        return json;
    }

    /** Why the options make no sense together; null if they do. */
    String objection() {
        return switch (action) {
            case LIST -> publications.isEmpty() && !all ? null : "list takes neither names nor --all";
            case RESUME -> publications.isEmpty() == all ? null : "resume takes names, or --all";
            case ABANDON -> publications.isEmpty() || all ? "abandon takes names" : null;
        };
    }

    /** Writes the options into the configuration. */
    void applyTo(Configuration conf, String zooKeeperOfEnvironment) {
        String connect = zooKeeper != null ? zooKeeper : conf.get(OutputKey.ZOOKEEPER.key(), zooKeeperOfEnvironment);
        if (connect != null) {
            conf.set(OutputKey.ZOOKEEPER.key(), connect);
        }
    }
}
