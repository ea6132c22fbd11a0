package io.millstream.core;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A topic's name, checked once: 1 to 249 of {@code [a-zA-Z0-9._-]}, neither {@code .} nor {@code ..}. A directory or a
 * znode can therefore be named after it.
 *
 * @param value the name; never null
 */
public record TopicName(String value) implements Comparable<TopicName> {

    /** Longest name, in characters (Kafka's limit: with a partition number it still is a file name). */
    public static final int MAX_LENGTH = 249;

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1," + MAX_LENGTH + "}");

    /** @throws IllegalArgumentException if the name is not legal; the message says why */
    public TopicName {
        Optional<String> objection = objection(value);
        if (objection.isPresent()) {
            throw new IllegalArgumentException(objection.get());
        }
    }

    /** Why {@code name} cannot be a topic's name; empty if it can. */
    public static Optional<String> objection(String name) {
        if (name.isEmpty()) {
            return Optional.of("Topic name is empty");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("Topic name has " + name.length() + " characters; at most " + MAX_LENGTH);
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("Topic name cannot be '.' or '..'");
        }
        if (!LEGAL.matcher(name).matches()) {
            return Optional.of("Topic name may only have letters, digits, '.', '_' and '-'");
        }
        return Optional.empty();
    }

    @Override
    public int compareTo(TopicName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
