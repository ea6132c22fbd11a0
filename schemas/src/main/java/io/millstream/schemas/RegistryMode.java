package io.millstream.schemas;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What may be done to a registry, or to one of its subjects. */
public enum RegistryMode {
    /** Schemas are registered and get the next id. */
    READWRITE,
    /** Nothing is registered, deleted or configured; all is read. A subject's own mode comes first. */
    READONLY,
    /** The same, whatever the modes of subjects are. */
    READONLY_OVERRIDE,
    /** Schemas come from elsewhere with their ids and versions, and are not checked for compatibility. */
    IMPORT;

    /** The mode of this name, in capitals or not; empty if none has it. */
    public static Optional<RegistryMode> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(mode -> mode.name().equals(wanted))
                .findFirst();
    }

    boolean isReadOnly() {
        return this == READONLY || this == READONLY_OVERRIDE;
    }
}
