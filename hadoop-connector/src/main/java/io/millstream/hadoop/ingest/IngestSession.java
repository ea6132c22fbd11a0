package io.millstream.hadoop.ingest;

import static io.millstream.coordination.Coordination.await;

import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.ClusterId;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.hadoop.ingest.document.Claim;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.RunId;
import io.millstream.hadoop.ingest.state.Owner;
import io.millstream.hadoop.ingest.storage.HadoopStorage;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.task.IngestSetting;
import io.millstream.hadoop.ingest.task.ParquetFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A driver's connections and the parts that work on them, from configuration to close. */
final class IngestSession implements AutoCloseable {

    private final Surroundings surroundings;
    private final Configuration conf;
    private final IngestOptions options;
    private final Target target;
    private final Coordination coordination;
    private final Cluster cluster;
    private final Loop loop;

    private IngestSession(
            Surroundings surroundings, Configuration conf, IngestOptions options, Target target, String zooKeeper) {
        this.surroundings = surroundings;
        this.conf = conf;
        this.options = options;
        this.target = target;
        this.coordination = surroundings.zooKeeper().apply(zooKeeper);
        this.cluster = Cluster.zooKeeper(coordination, ClientSettings.defaults("millstream-ingest-" + options.job()));
        this.loop = new ThreadLoop("millstream-ingest");
    }

    /**
     * Connects.
     *
     * @throws UsageException if the configuration makes no sense
     * @throws IOException if the target's file system cannot be reached, or is not one to publish on
     */
    static IngestSession open(Configuration conf, Surroundings surroundings) throws IOException {
        IngestOptions options = IngestOptions.of(conf);
        String zooKeeper = setting(conf, IngestSetting.ZOOKEEPER, surroundings, "MILLSTREAM_ZOOKEEPER");
        if (zooKeeper.isEmpty()) {
            throw new UsageException("No --zookeeper HOST:PORT (or MILLSTREAM_ZOOKEEPER): offsets are kept there");
        }
        conf.set(
                IngestSetting.BOOTSTRAP.key(),
                setting(conf, IngestSetting.BOOTSTRAP, surroundings, "MILLSTREAM_BOOTSTRAP"));
        Path to = new Path(options.to());
        HadoopStorage storage = HadoopStorage.of(to, conf, IngestSetting.ATOMIC_RENAME_SCHEMES.setIn(conf));
        Target target = new Target(storage, new TargetLayout(storage.qualify(to)));
        return new IngestSession(surroundings, conf, options, target, zooKeeper);
    }

    private static String setting(
            Configuration conf, IngestSetting setting, Surroundings surroundings, String variable) {
        String value = setting.in(conf);
        return value.isEmpty() ? surroundings.environment().getOrDefault(variable, "") : value;
    }

    String job() {
        return options.job();
    }

    /** Does a run. */
    Outcome run(Progress progress) throws IOException {
        String run = RunId.next(surroundings.clock(), surroundings.entropy());
        progress.say(HadoopSettings.prepare(conf, bootstrap(), surroundings.environment()));
        IngestRun.Parts parts = new IngestRun.Parts(
                coordination, planner(), new HadoopJobs(conf, target, loop), claims(), surroundings.entropy());
        return new IngestRun(options, target, parts, progress).run(owner(run));
    }

    /** Looks at what a run would read. */
    Report.PlanSummary plan(Progress progress) throws IOException {
        String run = RunId.next(surroundings.clock(), surroundings.entropy());
        HadoopSettings.prepare(conf, bootstrap(), surroundings.environment());
        Planned planned = planner().plan(run, 0, Planner.Purpose.SHOW);
        planned.sayWhatIsLeftOut(progress);
        claims().ensureFree(planned.topics());
        return new HadoopJobs(conf, target, loop).describe(planned.plan());
    }

    private Planner planner() {
        return new Planner(options, target.layout().to().toString(), coordination, cluster, new ParquetFormat(conf));
    }

    private TopicClaims claims() {
        String id = await(coordination.read(Paths.CLUSTER_ID))
                .map(found -> Document.read(found.value(), ClusterId.class, Paths.CLUSTER_ID)
                        .id())
                .orElse("");
        return new TopicClaims(target, new Claim(options.job(), id));
    }

    private Owner owner(String run) {
        Instant now = Instant.ofEpochMilli(surroundings.clock().millis()).truncatedTo(ChronoUnit.SECONDS);
        return new Owner(hostName(), ProcessHandle.current().pid(), run, now.toString());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // Its message begins with the name that could not be resolved, and the name is all that is wanted.
            return e.getMessage().split(":", 2)[0];
        }
    }

    /** The brokers that tasks begin with. */
    private String bootstrap() {
        String given = IngestSetting.BOOTSTRAP.in(conf);
        if (!given.isEmpty()) {
            return given;
        }
        String registered = await(cluster.learnAll()).brokers().values().stream()
                .map(broker -> broker.endpoint().toString())
                .collect(Collectors.joining(","));
        if (registered.isEmpty()) {
            throw new IngestException("No broker is registered in ZooKeeper. Start one, or name one with --bootstrap");
        }
        return registered;
    }

    @Override
    public void close() {
        loop.close();
        cluster.close();
        // Last: the owner's znode goes with the session.
        coordination.close();
    }
}
