package io.millstream.broker;

import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.log.FlushMode;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.TimestampType;
import java.util.Set;

/** A topic's settings in the words of storage. */
final class LogConfigs {

    private LogConfigs() {}

    static LogConfig of(TopicConfig topic) {
        return new LogConfig(
                new LogConfig.Rolling(
                        topic.get(TopicConfig.SEGMENT_BYTES),
                        topic.get(TopicConfig.SEGMENT_MS),
                        topic.get(TopicConfig.INDEX_INTERVAL_BYTES)),
                new LogConfig.Keeping(topic.get(TopicConfig.RETENTION_MS), topic.get(TopicConfig.RETENTION_BYTES)),
                new LogConfig.Accepting(
                        topic.get(TopicConfig.MAX_MESSAGE_BYTES),
                        TimestampType.of(topic.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE)),
                        topic.get(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                        topic.get(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS)),
                new LogConfig.Flushing(
                        FlushMode.of(topic.get(TopicConfig.FLUSH)),
                        topic.get(TopicConfig.FLUSH_MESSAGES),
                        topic.get(TopicConfig.FLUSH_MS)),
                new LogConfig.Cleanup(
                        policy(topic.get(TopicConfig.CLEANUP_POLICY)),
                        topic.get(TopicConfig.DELETE_RETENTION_MS),
                        topic.get(TopicConfig.MIN_COMPACTION_LAG_MS),
                        topic.get(TopicConfig.MAX_COMPACTION_LAG_MS),
                        topic.get(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO)));
    }

    private static LogConfig.Policy policy(Set<String> names) {
        if (!names.contains("compact")) {
            return LogConfig.Policy.DELETE;
        }
        return names.contains("delete") ? LogConfig.Policy.COMPACT_AND_DELETE : LogConfig.Policy.COMPACT;
    }
}
