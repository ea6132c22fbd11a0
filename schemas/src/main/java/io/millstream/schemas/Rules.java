package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.Settings;

/** What is set for a subject, where not all is set, and what that allows. */
final class Rules {

    private Rules() {}

    /** The level of compatibility that {@code subject} has. */
    static CompatibilityLevel level(Subject subject, Settings settings) {
        return subject.level() == null ? level(settings) : subject.level();
    }

    static CompatibilityLevel level(Settings settings) {
        return settings.level() == null ? CompatibilityLevel.BACKWARD : settings.level();
    }

    /** The mode that {@code subject} is in. */
    static RegistryMode mode(Subject subject, Settings settings) {
        boolean isOwn = subject.mode() != null && settings.mode() != RegistryMode.READONLY_OVERRIDE;
        return isOwn ? subject.mode() : mode(settings);
    }

    static RegistryMode mode(Settings settings) {
        return settings.mode() == null ? RegistryMode.READWRITE : settings.mode();
    }

    /** @throws SchemaException ({@link Reason#NOT_PERMITTED}) if {@code mode}, which {@code what} is in, allows no changes */
    static void requireChangeable(RegistryMode mode, String what) {
        if (mode.isReadOnly()) {
            throw new SchemaException(
                    Reason.NOT_PERMITTED, what + " is in mode " + mode + ", which allows no changes", null);
        }
    }
}
