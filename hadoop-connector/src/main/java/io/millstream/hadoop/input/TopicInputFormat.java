package io.millstream.hadoop.input;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/** Input from topics: configured by {@link InputKey}, or by the methods here. */
public final class TopicInputFormat {

    /** No ranges, told apart from a key that is not set. */
    private static final String NO_RANGES = ",";

    private TopicInputFormat() {}

    /** Brokers to begin with, as {@code host:port,...}. */
    public static void setBootstrap(Configuration conf, String servers) {
        conf.set(InputKey.BOOTSTRAP.key(), servers);
    }

    /** Reads exactly these ranges, which may not overlap; none at all makes a job without tasks. */
    public static void setRanges(Configuration conf, List<OffsetRange> ranges) {
        String text = ranges.stream().map(OffsetRange::encoded).collect(Collectors.joining(","));
        conf.set(InputKey.OFFSETS.key(), text.isEmpty() ? NO_RANGES : text);
    }
}
