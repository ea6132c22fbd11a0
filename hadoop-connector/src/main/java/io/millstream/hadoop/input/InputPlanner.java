package io.millstream.hadoop.input;

import io.millstream.client.ClientException;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.ClusterView;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.JobContext;

/** Planning with the world around it: connects, plans, and leaves the offsets to commit. In the driver, once. */
final class InputPlanner {

    /** Topics of brokers that have no ids: they cannot be told apart when made anew. */
    private static final UUID NO_ID = new UUID(0, 0);

    private InputPlanner() {}

    /** As {@link #plan(Configuration)}, for a job: one whose offsets would not be committed though it was asked for is refused. */
    static List<TopicSplit> plan(JobContext context) throws IOException {
        Configuration conf = context.getConfiguration();
        if (InputSettings.commits(conf)) {
            ensureCommitted(context);
        }
        return plan(conf);
    }

    private static void ensureCommitted(JobContext context) throws IOException {
        try {
            Class<?> output = context.getOutputFormatClass();
            if (!CommittingOutputFormat.carries(output)) {
                throw new InputException("The offsets would not be committed: output format " + output.getName()
                        + " was set after commitOnSuccess; call commitOnSuccess last");
            }
        } catch (ClassNotFoundException e) {
            throw new InputException("The job's output format cannot be loaded: " + e.getMessage(), e);
        }
    }

    /** @throws InputException as {@link TopicInputFormat#getSplits} does */
    static List<TopicSplit> plan(Configuration conf) throws IOException {
        InputSettings settings = InputSettings.of(conf);
        ClientSettings client = ClientSettings.defaults("millstream-input").withTimeout(settings.timeout());
        int timeout = (int) settings.timeout().toMillis();
        boolean commits = InputSettings.commits(conf);
        try (Cluster cluster = Cluster.bootstrap(settings.bootstrap(), client)) {
            GroupStart group = new GroupStart(connect -> InputZooKeeper.connect(connect, timeout), commits);
            InputPlan plan = new InputPlan(settings, new ClusterSource(cluster), group);
            List<TopicSplit> splits = plan.splits();
            if (commits) {
                List<OffsetRange> read = plan.resolved();
                PlannedOffsets.of(
                                group.read(),
                                read,
                                topicIds(cluster, read),
                                Entropy.system().uuid())
                        .store(conf);
            }
            return splits;
        } catch (ClientException e) {
            throw new InputException("Cannot plan the input: " + e.getMessage(), e);
        }
    }

    private static Map<TopicName, UUID> topicIds(Cluster cluster, List<OffsetRange> ranges) {
        Map<TopicName, UUID> ids = new HashMap<>();
        for (OffsetRange range : ranges) {
            ids.computeIfAbsent(
                    range.partition().topic(),
                    topic -> cluster.topic(topic).flatMap(ClusterView.Topic::id).orElse(NO_ID));
        }
        return ids;
    }
}
