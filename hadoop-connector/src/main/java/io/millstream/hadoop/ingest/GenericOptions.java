package io.millstream.hadoop.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Hadoop's generic options, told apart from the job's own wherever they stand: Hadoop's parser stops at the first argument it
 * does not know, so it gets its own ones alone.
 *
 * @param generic for Hadoop's parser
 * @param own for ours
 */
public record GenericOptions(List<String> generic, List<String> own) {

    private static final Set<String> WITH_VALUE =
            Set.of("-D", "-conf", "-fs", "-jt", "-files", "-libjars", "-archives", "-tokenCacheFile");

    /** @throws UsageException if a generic option has no value */
    public static GenericOptions split(String[] args) {
        List<String> generic = new ArrayList<>();
        List<String> own = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (WITH_VALUE.contains(args[i])) {
                if (i + 1 == args.length) {
                    throw new UsageException("Option " + args[i] + " has no value");
                }
                generic.add(args[i]);
                generic.add(args[++i]);
            } else if (args[i].startsWith("-D") && args[i].length() > 2) {
                generic.add("-D");
                generic.add(args[i].substring(2));
            } else {
                own.add(args[i]);
            }
        }
        return new GenericOptions(generic, own);
    }
}
