package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobID;

/**
 * What is fixed when the job is submitted, and stands in its configuration from then on.
 *
 * @param id random: job ids of two clusters may be the same
 * @param base the folder below which the job stages, with its scheme
 */
record OutputPlan(String id, Path base, SortedMap<TopicName, OutputTopic> topics) {

    static OutputPlan of(String id, Path base, Collection<OutputTopic> topics) {
        SortedMap<TopicName, OutputTopic> byName = new TreeMap<>();
        topics.forEach(each -> byName.put(each.name(), each));
        return new OutputPlan(id, base, byName);
    }

    void store(Configuration conf) {
        conf.set(OutputKey.PLAN_ID.key(), id);
        conf.set(OutputKey.PLAN_STAGING.key(), base.toString());
        conf.set(
                OutputKey.PLAN_TOPICS.key(),
                topics.values().stream().map(OutputTopic::text).collect(Collectors.joining(",")));
    }

    /** @throws OutputException if the job was not submitted with {@link TopicOutputFormat} as its output format */
    static OutputPlan in(Configuration conf) throws OutputException {
        TreeMap<TopicName, OutputTopic> topics = new TreeMap<>();
        for (String text : planned(conf, OutputKey.PLAN_TOPICS).split(",", -1)) {
            OutputTopic topic = OutputTopic.parse(text);
            topics.put(topic.name(), topic);
        }
        return new OutputPlan(
                planned(conf, OutputKey.PLAN_ID), new Path(planned(conf, OutputKey.PLAN_STAGING)), topics);
    }

    private static String planned(Configuration conf, OutputKey key) throws OutputException {
        return key.in(conf)
                .orElseThrow(() -> new OutputException("The job has no " + key.key()
                        + ": its output format's checkOutputSpecs was not called when it was submitted"));
    }

    /** The publication's name: in ZooKeeper, in messages, and of its staging folder. */
    String publication(JobID job) {
        return job + "-" + id;
    }

    Path staging(JobID job) {
        return new Path(base, publication(job));
    }

    /** @throws OutputException if the job was not told that it writes to this topic */
    OutputTopic topic(TopicName name) throws OutputException {
        OutputTopic topic = topics.get(name);
        if (topic == null) {
            throw new OutputException("A record for topic " + name + ", which is not among the job's topics ("
                    + topics.keySet().stream().map(Object::toString).collect(Collectors.joining(", ")) + "): add it to "
                    + OutputKey.TOPICS.key());
        }
        return topic;
    }

    /** The topic of records that name none. */
    OutputTopic onlyTopic() throws OutputException {
        if (topics.size() != 1) {
            throw new OutputException("The job writes to " + topics.size()
                    + " topics, so each record must name one: give a TopicRecordWritable as the key");
        }
        return topics.get(topics.firstKey());
    }

    /** Names of the settings' value, checked. */
    static Collection<TopicName> names(Configuration conf) throws OutputException {
        try {
            return Arrays.stream(OutputKey.TOPICS.required(conf).split("[,\\s]+", -1))
                    .filter(each -> !each.isEmpty())
                    .map(TopicName::new)
                    .distinct()
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new OutputException(OutputKey.TOPICS.key() + ": " + e.getMessage(), e);
        }
    }
}
