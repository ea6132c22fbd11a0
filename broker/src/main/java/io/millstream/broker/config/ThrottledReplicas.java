package io.millstream.broker.config;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which replicas of a topic are copied no faster than brokers' settings say (KIP-73): all, some, or none. Immutable.
 */
public final class ThrottledReplicas {

    /** Kafka's way to write it. */
    static final Rule<ThrottledReplicas> RULE = new Rule<>(
            SettingType.LIST,
            "PARTITION:BROKER, separated by commas, or * for all replicas, or nothing",
            ThrottledReplicas::parse);

    private static final ThrottledReplicas ALL = new ThrottledReplicas(true, Set.of());
    private static final Pattern NUMBERS = Pattern.compile("([0-9]+):([0-9]+)");

    private final boolean all;
    private final Set<Replica> some;

    private record Replica(int partition, int broker) {}

    private ThrottledReplicas(boolean all, Set<Replica> some) {
        this.all = all;
        this.some = some;
    }

    private static ThrottledReplicas parse(String text) {
        if (text.equals("*")) {
            return ALL;
        }
        Set<Replica> some = new HashSet<>();
        for (String entry : text.isBlank() ? new String[0] : text.split(",", -1)) {
            var numbers = NUMBERS.matcher(entry.strip());
            if (!numbers.matches()) {
                throw new IllegalArgumentException();
            }
            some.add(new Replica(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))));
        }
        return new ThrottledReplicas(false, Set.copyOf(some));
    }

    /** Whether the replica of a partition on a broker is among them. */
    public boolean contains(int partition, int broker) {
        return all || some.contains(new Replica(partition, broker));
    }
}
