package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.LastId;
import io.millstream.schemas.Znodes.Settings;
import java.util.List;
import java.util.Optional;

/**
 * Sets something for all subjects or for one of them, or takes back what was set. Comes to what was set before.
 *
 * @param <T> of the value
 */
abstract class Setting<T> implements Change<Optional<T>> {

    final Optional<String> name;
    final T value;

    /**
     * @param name of the subject; empty for all that have nothing of their own
     * @param value null to take back what was set
     */
    Setting(Optional<String> name, T value) {
        this.name = name;
        this.value = value;
    }

    /** What is set in a document; null if nothing is. */
    abstract T of(Settings settings);

    abstract T of(Subject subject);

    abstract Settings with(Settings settings);

    abstract Subject with(Subject subject);

    /** @throws SchemaException if it may not be set */
    abstract void requirePermitted(Subject subject, Settings settings, Draft draft);

    @Override
    public boolean sharesDraft() {
        return false; // subjects are not all read through it
    }

    @Override
    public List<String> reads() {
        return name.map(it -> List.of(Znodes.SETTINGS, Znodes.subject(it))).orElse(List.of(Znodes.SETTINGS));
    }

    @Override
    public Plan<Optional<T>> plan(Draft draft) {
        Settings settings = draft.read(Znodes.SETTINGS, Settings.class).orElse(Settings.NONE);
        Subject subject = name.flatMap(it -> draft.read(Znodes.subject(it), Subject.class))
                .orElse(Subject.NONE);
        Optional<T> before = Optional.ofNullable(name.isPresent() ? of(subject) : of(settings));
        if (before.equals(Optional.ofNullable(value))) {
            return new Plan.Already<>(() -> before);
        }
        requirePermitted(subject, settings, draft);
        if (name.isPresent()) {
            draft.write(Znodes.subject(name.get()), with(subject));
        } else {
            draft.write(Znodes.SETTINGS, with(settings));
        }
        return new Plan.Written<>(before);
    }

    String what() {
        return name.map(it -> "Subject '" + it + "'").orElse("The schema registry");
    }

    /** The level of compatibility. */
    static final class Level extends Setting<CompatibilityLevel> {

        Level(Optional<String> name, CompatibilityLevel value) {
            super(name, value);
        }

        @Override
        CompatibilityLevel of(Settings settings) {
            return settings.level();
        }

        @Override
        CompatibilityLevel of(Subject subject) {
            return subject.level();
        }

        @Override
        Settings with(Settings settings) {
            return new Settings(value, settings.mode());
        }

        @Override
        Subject with(Subject subject) {
            return subject.withLevel(value);
        }

        @Override
        void requirePermitted(Subject subject, Settings settings, Draft draft) {
            Rules.requireChangeable(Rules.mode(subject, settings), what());
        }
    }

    /** The mode, which can be changed in every mode. */
    static final class Mode extends Setting<RegistryMode> {

        private final Uses uses;
        private final boolean force;

        /** @param force whether schemas may be imported beside others */
        Mode(Uses uses, Optional<String> name, RegistryMode value, boolean force) {
            super(name, value);
            this.uses = uses;
            this.force = force;
        }

        @Override
        RegistryMode of(Settings settings) {
            return settings.mode();
        }

        @Override
        RegistryMode of(Subject subject) {
            return subject.mode();
        }

        @Override
        Settings with(Settings settings) {
            return new Settings(settings.level(), value);
        }

        @Override
        Subject with(Subject subject) {
            return subject.withMode(value);
        }

        @Override
        void requirePermitted(Subject subject, Settings settings, Draft draft) {
            if (value != RegistryMode.IMPORT || force) {
                return;
            }
            draft.read(Znodes.IDS, LastId.class); // whoever registers something meanwhile changes it
            if (name.isPresent() ? !subject.versions().isEmpty() : uses.hasAny()) {
                throw new SchemaException(
                        Reason.NOT_PERMITTED,
                        what() + " has schemas, and could be told others with their ids: delete them permanently"
                                + " before it is set to mode IMPORT, or force it",
                        null);
            }
        }
    }
}
