package io.millstream.hadoop.input;

import io.millstream.client.ClientException;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.JobContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Planning with the world around it: connects, plans, and leaves the offsets to commit. In the driver, once. */
final class InputPlanner {

    private static final Logger log = LoggerFactory.getLogger(InputPlanner.class);

    /** What chooses topics and ranges, and is settled once they are explicit offsets. */
    private static final List<InputKey> CHOICE = List.of(
            InputKey.TOPICS,
            InputKey.TOPICS_REGEX,
            InputKey.TOPICS_EXCLUDE,
            InputKey.OFFSETS_FILE,
            InputKey.FROM,
            InputKey.TO,
            InputKey.GROUP,
            InputKey.START,
            InputKey.COMMIT);

    private InputPlanner() {}

    /**
     * As {@link #plan(Configuration)}, for a job. One whose offsets would not be committed though it was asked for is refused,
     * and one that would commit what it has not read.
     */
    static List<TopicSplit> plan(JobContext context) throws IOException {
        Configuration conf = context.getConfiguration();
        ContainerJava.ensureNewEnough(conf);
        if (InputSettings.commits(conf)) {
            ensureCommitted(context);
            ensureNoTaskMayFail(conf);
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

    /** The offsets of all splits are committed: a job must not succeed with some of them unread, or with a part of its output. */
    private static void ensureNoTaskMayFail(Configuration conf) throws InputException {
        for (String key : List.of(JobContext.MAP_FAILURES_MAX_PERCENT, JobContext.REDUCE_FAILURES_MAXPERCENT)) {
            int percent = conf.getInt(key, 0);
            if (percent > 0) {
                throw new InputException(
                        key + "=" + percent + " lets a job succeed whose tasks failed, and the offsets of"
                                + " what they left out would be committed: unset it, or do without commitOnSuccess");
            }
        }
    }

    /** @throws InputException as {@link TopicInputFormat#getSplits} does */
    static List<TopicSplit> plan(Configuration conf) throws IOException {
        return with(conf, InputSettings.commits(conf), InputPlan::splits);
    }

    /** See {@link TopicInputFormat#resolved}. */
    static Configuration resolved(Configuration conf) throws IOException {
        boolean commits = InputKey.PLANNED.in(conf).isPresent();
        Resolution found = with(conf, commits, plan -> new Resolution(plan.ranges(), plan.topicIds()));
        Configuration resolved = new Configuration(conf); // which says by now where the offsets are kept
        CHOICE.forEach(key -> resolved.unset(key.key()));
        TopicInputFormat.setRanges(resolved, found.ranges());
        resolved.set(
                InputKey.TOPIC_IDS.key(),
                found.topicIds().entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue())
                        .collect(Collectors.joining(",")));
        return resolved;
    }

    private record Resolution(List<OffsetRange> ranges, Map<TopicName, UUID> topicIds) {}

    @FunctionalInterface
    private interface Step<T> {
        T of(InputPlan plan) throws InputException;
    }

    private static <T> T with(Configuration conf, boolean commits, Step<T> step) throws IOException {
        InputSettings settings = InputSettings.of(conf);
        if (commits && !(settings.range() instanceof RangeChoice.SinceCommitted)) {
            throw new InputException("Offsets are committed for a group: set " + InputKey.GROUP.key());
        }
        int timeout = (int) settings.timeout().toMillis();
        ClientSettings client = InputSettings.client("millstream-input", settings.timeout());
        try (Cluster cluster = Cluster.bootstrap(settings.bootstrap(), client)) {
            GroupStart group = new GroupStart(connect -> InputZooKeeper.connect(connect, timeout), commits);
            long now = Clock.system().millis();
            InputPlan plan = new InputPlan(settings, new ClusterSource(cluster), group, now);
            T result = step.of(plan);
            FutureRecords.warning(plan.endsInTheFuture()).ifPresent(log::warn);
            if (commits) {
                UUID token = Entropy.system().uuid();
                PlannedOffsets.of(group.read(), plan.resolved(), plan.topicIds(), token)
                        .store(conf);
            }
            return result;
        } catch (ClientException e) {
            throw new InputException("Cannot plan the input: " + e.getMessage(), e);
        }
    }
}
