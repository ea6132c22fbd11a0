package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Subject.Version;
import io.millstream.schemas.Znodes.Referrers;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Hides a version of a subject, or all of them; the ids stay good. Comes to the numbers of the versions. */
final class SoftDeletion extends Deletion {

    private final OptionalInt asked;

    /** As {@link #asked}, or what the newest version is. */
    private OptionalInt wanted;

    /** Whether a try may have deleted what was wanted: another must not take the version before. */
    private boolean isFixed;

    /** @param version to delete, {@link SchemaRegistry#LATEST} for the newest; empty for all */
    SoftDeletion(Uses uses, String name, OptionalInt version) {
        super(uses, name);
        asked = version;
        wanted = version;
    }

    @Override
    public Plan<List<Integer>> plan(Draft draft) {
        Subject subject = subject(draft);
        Refusals.requireKnown(name, subject);
        if (!isFixed && asked.isPresent() && asked.getAsInt() == SchemaRegistry.LATEST) {
            wanted = OptionalInt.of(subject.latest(Shown.LIVE)
                    .map(Version::version)
                    .orElseThrow(() -> Refusals.noVersion(name, SchemaRegistry.LATEST)));
        }
        List<Version> doomed = wanted.isEmpty() ? subject.shown(Shown.LIVE) : List.of(version(subject));
        if (doomed.isEmpty()) {
            return new Plan.Already<>(() -> {
                throw new SchemaException(
                        Reason.SUBJECT_SOFT_DELETED, "Subject '" + name + "' is deleted already", null);
            });
        }
        if (doomed.get(0).deleted()) {
            return new Plan.Already<>(() -> {
                throw new SchemaException(
                        Reason.VERSION_SOFT_DELETED,
                        "Version " + wanted.getAsInt() + " of subject '" + name + "' is deleted already",
                        null);
            });
        }
        requireChangeable(subject, draft);
        Set<Integer> numbers = doomed.stream().map(Version::version).collect(Collectors.toCollection(TreeSet::new));
        requireUnreferenced(referrers(draft), numbers);
        draft.write(Znodes.subject(name), subject.softlyWithout(numbers));
        return new Plan.Written<>(List.copyOf(numbers));
    }

    @Override
    public void mayBeDone() {
        isFixed = true;
    }

    private Version version(Subject subject) {
        return subject.find(wanted.getAsInt()).orElseThrow(() -> Refusals.noVersion(name, wanted.getAsInt()));
    }

    private void requireUnreferenced(Referrers referrers, Set<Integer> doomed) {
        Set<Integer> ids = doomed.stream()
                .flatMap(version -> referrers.of(version).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        for (Map.Entry<Integer, List<Uses.Use>> each : uses.of(ids).entrySet()) {
            for (Uses.Use use : each.getValue()) {
                boolean isDoomed = use.subject().equals(name)
                        && doomed.contains(use.version().version());
                if (!use.version().deleted() && !isDoomed) {
                    throw Refusals.referenced(name, use);
                }
            }
        }
    }
}
