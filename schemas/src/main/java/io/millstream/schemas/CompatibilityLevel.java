package io.millstream.schemas;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a new version of a subject has to get on with. */
public enum CompatibilityLevel {
    /** Nothing: any schema is taken. */
    NONE(false, false, false),
    /** The new schema reads what was written with the latest version. */
    BACKWARD(true, false, false),
    /** The new schema reads what was written with any version. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** The latest version reads what is written with the new schema. */
    FORWARD(false, true, false),
    /** Every version reads what is written with the new schema. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Both ways with the latest version. */
    FULL(true, true, false),
    /** Both ways with every version. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
        this.backward = backward;
        this.forward = forward;
        this.transitive = transitive;
    }

    /** The level of this name, in capitals or not; empty if none has it. */
    public static Optional<CompatibilityLevel> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(level -> level.name().equals(wanted))
                .findFirst();
    }

    /** Whether this level asks for {@code direction} at all. */
    public boolean asksFor(Incompatibility.Direction direction) {
        return switch (direction) {
            case BACKWARD -> backward;
            case FORWARD -> forward;
        };
    }

    /** Whether all earlier versions count, not the latest alone. */
    public boolean isTransitive() {
        return transitive;
    }
}
