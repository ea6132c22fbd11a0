package io.millstream.hadoop.output;

import io.millstream.client.ClientException;
import io.millstream.client.ClusterView;
import io.millstream.coordination.CoordinationException;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.storage.HadoopStorage;
import io.millstream.hadoop.input.ContainerJava;
import io.millstream.hadoop.input.InputKey;
import io.millstream.hadoop.input.OffsetsWithOutput;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.MRConfig;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.OutputFormat;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.security.TokenCache;

/**
 * Writes a job's output to topics, each record exactly once, whatever is killed and retried. Settings are {@link OutputKey}s.
 *
 * <p>Keys and values may be {@code BytesWritable}, {@code Text}, {@code byte[]}, {@code String}, Avro records, {@code NullWritable}
 * and null; a job with several topics gives a {@link TopicRecordWritable} as the key or the value, which may also name partition,
 * timestamp and headers. Records with a key land where Kafka's own clients put them. Records of one task for one partition keep
 * their order, and those of tasks are in the order of the tasks.
 *
 * <p>Tasks write files and connect to nothing; nothing is visible before the job is committed. The commit decides in ZooKeeper and
 * then sends: records become visible one after the other, and in part until the publication is finished, which the next attempt of
 * the commit or {@code millstream output resume} does.
 *
 * <p>Where the job reads by {@link io.millstream.hadoop.input.TopicInputFormat#commitOnSuccess}, the group's offsets are committed
 * with the decision, in the same request: each input record counts exactly once in the output.
 *
 * @param <K> class of the keys, one of the above
 * @param <V> class of the values, one of the above
 */
public class TopicOutputFormat<K, V> extends OutputFormat<K, V> implements OffsetsWithOutput {

    private static final String LOCAL = "file";
    private static final String STAGING = ".millstream-output";

    private final OutputDoors doors;

    /** Made by Hadoop. */
    public TopicOutputFormat() {
        this(OutputDoors.system());
    }

    TopicOutputFormat(OutputDoors doors) {
        this.doors = doors;
    }

    /** Names the topics that the job may write to; they must exist. */
    public static void setTopics(Configuration conf, String... topics) {
        conf.setStrings(OutputKey.TOPICS.key(), topics);
    }

    /** Names ZooKeeper, {@code host:port,.../chroot}. */
    public static void setZooKeeper(Configuration conf, String connect) {
        conf.set(OutputKey.ZOOKEEPER.key(), connect);
    }

    /** Says what Avro values written to a topic look like; registered as its newest version when the job is submitted. */
    public static void setValueSchema(Configuration conf, String topic, Schema schema) {
        conf.set(OutputKey.AVRO_SCHEMA.key() + topic + "-value", schema.toString());
    }

    /** The same for keys. */
    public static void setKeySchema(Configuration conf, String topic, Schema schema) {
        conf.set(OutputKey.AVRO_SCHEMA.key() + topic + "-key", schema.toString());
    }

    /**
     * Checks the settings, looks at the topics, registers the schemas, and fixes all of it in the job's configuration.
     *
     * @throws IOException naming the setting or the topic that is wrong
     */
    @Override
    public void checkOutputSpecs(JobContext context) throws IOException {
        Configuration conf = context.getConfiguration();
        OutputKey.ensureAllKnown(conf);
        for (OutputKey key : List.of(
                OutputKey.BATCH_BYTES,
                OutputKey.MAX_RECORD_BYTES,
                OutputKey.BUFFER_BYTES,
                OutputKey.IN_FLIGHT_BYTES,
                OutputKey.COMMIT_MAX_BYTES,
                OutputKey.TIMEOUT)) {
            key.number(conf);
        }
        StagingRecordWriter.codec(conf);
        ensureOneZooKeeper(conf);
        ContainerJava.ensureNewEnough(conf);
        Path base = base(conf);
        ensureShared(base, conf);
        // The job's own are of the default file system; this does nothing on a cluster that is not secured.
        TokenCache.obtainTokensForNamenodes(context.getCredentials(), new Path[] {base}, conf);
        try (OutputSession session = OutputSession.open(conf, doors)) {
            List<OutputTopic> topics = new ArrayList<>();
            for (TopicName name : OutputPlan.names(conf)) {
                topics.add(topic(session, name));
            }
            register(session, conf);
            String id = String.format("%08x", (int) doors.entropy().nextLong());
            OutputPlan.of(id, base, topics).store(conf);
        } catch (CoordinationException | ClientException | SchemaException e) {
            throw new OutputException("The job's output cannot be planned: " + e.getMessage(), e);
        }
    }

    private static void ensureOneZooKeeper(Configuration conf) throws OutputException {
        String input = conf.getTrimmed(InputKey.ZOOKEEPER.key(), "");
        if (conf.getBoolean(InputKey.COMMIT.key(), false) && !input.equals(OutputKey.ZOOKEEPER.required(conf))) {
            throw new OutputException("The input's offsets are committed with the output, in one request, so "
                    + InputKey.ZOOKEEPER.key() + " and " + OutputKey.ZOOKEEPER.key() + " must be the same");
        }
    }

    private static Path base(Configuration conf) throws IOException {
        Optional<String> set = OutputKey.STAGING.in(conf);
        Path named;
        if (set.isPresent()) {
            named = new Path(set.get());
        } else {
            FileSystem files = FileSystem.get(conf);
            named = new Path(files.makeQualified(files.getHomeDirectory()), STAGING);
        }
        return HadoopStorage.of(named, conf).qualify(named);
    }

    /** What tasks stage on the disks of their own machines would be missing when the job is committed on another. */
    private static void ensureShared(Path base, Configuration conf) throws OutputException {
        boolean local = conf.getTrimmed(MRConfig.FRAMEWORK_NAME, MRConfig.LOCAL_FRAMEWORK_NAME)
                .equals(MRConfig.LOCAL_FRAMEWORK_NAME);
        boolean vouched =
                conf.getTrimmedStringCollection(HadoopStorage.FURTHER_SCHEMES).contains(LOCAL);
        if (LOCAL.equals(base.toUri().getScheme()) && !local && !vouched) {
            throw new OutputException("Staging folder " + base + " is on each machine another one, and the job runs on "
                    + conf.getTrimmed(MRConfig.FRAMEWORK_NAME) + ": set " + OutputKey.STAGING.key()
                    + " to a folder of the cluster's file system; if all machines share this one, list " + LOCAL
                    + " in "
                    + HadoopStorage.FURTHER_SCHEMES);
        }
    }

    private static OutputTopic topic(OutputSession session, TopicName name) throws OutputException {
        ClusterView.Topic found = session.cluster()
                .topic(name)
                .orElseThrow(() -> new OutputException("Topic " + name + " does not exist; create it first"));
        boolean keyed = session.outlet().rules(name).compacted();
        return new OutputTopic(
                name, found.id().orElseThrow(), found.partitions().size(), keyed);
    }

    private static void register(OutputSession session, Configuration conf) throws OutputException {
        SchemaRegistry registry = new SchemaRegistry(session.coordination());
        Map<String, String> schemas = new TreeMap<>(conf.getPropsWithPrefix(OutputKey.AVRO_SCHEMA.key()));
        for (Map.Entry<String, String> each : schemas.entrySet()) {
            try {
                int id = registry.register(each.getKey(), new Schema.Parser().parse(each.getValue()));
                conf.setInt(OutputKey.PLAN_SCHEMA_ID.key() + each.getKey(), id);
            } catch (SchemaParseException e) {
                throw new OutputException(
                        OutputKey.AVRO_SCHEMA.key() + each.getKey() + " is no Avro schema: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public RecordWriter<K, V> getRecordWriter(TaskAttemptContext context) throws IOException {
        Configuration conf = context.getConfiguration();
        OutputPlan plan = OutputPlan.in(conf);
        StagingPlace place = StagingPlace.of(plan.staging(context.getJobID()), conf);
        return new StagingRecordWriter<>(plan, place, conf, context.getTaskAttemptID(), Clock.system());
    }

    @Override
    public OutputCommitter getOutputCommitter(TaskAttemptContext context) {
        return new TopicOutputCommitter(doors);
    }
}
