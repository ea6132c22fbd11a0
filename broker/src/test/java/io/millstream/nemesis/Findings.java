package io.millstream.nemesis;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Anomalies that were found: how many of each, and the first few. */
final class Findings {

    private static final int EXAMPLES = 5;

    private final Map<Anomaly, Integer> counts = new EnumMap<>(Anomaly.class);
    private final Map<Anomaly, List<String>> examples = new EnumMap<>(Anomaly.class);

    void add(Anomaly anomaly, String what) {
        counts.merge(anomaly, 1, Integer::sum);
        List<String> few = examples.computeIfAbsent(anomaly, none -> new ArrayList<>());
        if (few.size() < EXAMPLES) {
            few.add(what);
        }
    }

    /** Adds all of these to others. */
    void copyTo(Findings others) {
        examples.forEach((anomaly, few) -> {
            few.forEach(example -> others.add(anomaly, example));
            int more = count(anomaly) - few.size();
            others.counts.merge(anomaly, more, Integer::sum);
        });
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    int count(Anomaly anomaly) {
        return counts.getOrDefault(anomaly, 0);
    }

    /** How many there are that are of none of these kinds. */
    int others(Anomaly... known) {
        Set<Anomaly> left = EnumSet.allOf(Anomaly.class);
        left.removeAll(Set.of(known));
        return left.stream().mapToInt(this::count).sum();
    }

    /** How many of each kind there are; kinds without any are left out. */
    Map<Anomaly, Integer> counts() {
        return counts;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((anomaly, count) -> {
            text.append(anomaly).append(": ").append(count).append('\n');
            examples.get(anomaly)
                    .forEach(example -> text.append("    ").append(example).append('\n'));
        });
        return text.toString();
    }
}
