package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.task.IngestSetting;
import io.millstream.hadoop.input.InputKey;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/** All configuration keys that begin with {@code millstream.}; another one is a mistake, and is said to be one. */
final class KnownKeys {

    private static final String PREFIX = "millstream.";

    private KnownKeys() {}

    /** @throws UsageException if {@code conf} has a key of ours that does not exist */
    static void ensureAllKnown(Configuration conf) {
        SortedSet<String> known = new TreeSet<>();
        for (IngestSetting setting : IngestSetting.values()) {
            known.add(setting.key());
        }
        for (InputKey key : InputKey.values()) {
            known.add(key.key());
        }
        for (Map.Entry<String, String> entry : conf.getPropsWithPrefix(PREFIX).entrySet()) {
            String key = PREFIX + entry.getKey();
            if (!known.contains(key)) {
                throw new UsageException(
                        "There is no setting " + key + "; did you mean " + InputKey.nearest(key, known) + "?");
            }
        }
    }
}
