package io.millstream.coordination;

import java.util.SortedMap;

/**
 * {@code /config/brokers/<id>} and {@code /config/brokers/<default>}: what was set at run time for a broker, or for all of
 * them. A broker's own value comes first, then that of all, then its file.
 *
 * @param config Kafka's broker config names to their values
 */
public record BrokerOverrides(SortedMap<String, String> config) {}
