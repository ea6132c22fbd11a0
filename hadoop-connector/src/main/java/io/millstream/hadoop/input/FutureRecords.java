package io.millstream.hadoop.input;

import io.millstream.client.TimedOffset;
import io.millstream.core.TopicPartition;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** What is said of a time window that ends at records from the future. */
final class FutureRecords {

    /** How many partitions the warning names. */
    private static final int NAMED = 10;

    private FutureRecords() {}

    /** Empty if there are none. */
    static Optional<String> warning(SortedMap<TopicPartition, TimedOffset> ends) {
        if (ends.isEmpty()) {
            return Optional.empty();
        }
        String named = ends.entrySet().stream()
                .limit(NAMED)
                .map(each -> each.getKey() + " at offset " + each.getValue().offset() + " ("
                        + Instant.ofEpochMilli(each.getValue().timestamp()) + ")")
                .collect(Collectors.joining(", "));
        String more = ends.size() > NAMED ? " and " + (ends.size() - NAMED) + " more" : "";
        return Optional.of("The time window ends at a record from the future in partition " + named + more
                + ": records behind it are left out, whatever their time. Read them by offsets or for a group, and set "
                + "message.timestamp.after.max.ms for the topic");
    }
}
