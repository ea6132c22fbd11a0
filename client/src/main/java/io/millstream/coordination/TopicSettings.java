package io.millstream.coordination;

import java.util.SortedMap;

/**
 * {@code /config/topics/<topic>}: what was set for this topic.
 *
 * @param config Kafka's topic config names to their values; only what differs from the broker's defaults
 */
public record TopicSettings(SortedMap<String, String> config) {}
