package io.millstream.schemas;

import io.millstream.coordination.Paths;
import io.millstream.schemas.Subject.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Where schemas are used: found by looking through all subjects, which are in memory most of the time. Safe for use by several
 * threads.
 */
final class Uses {

    /** A version of a subject. */
    record Use(String subject, Version version) {}

    private final Documents documents;

    Uses(Documents documents) {
        this.documents = documents;
    }

    /** Each id to the versions that have its schema, deleted softly or not; by subject and version. */
    SortedMap<Integer, List<Use>> of(Collection<Integer> ids) {
        SortedMap<Integer, List<Use>> uses = new TreeMap<>();
        ids.forEach(id -> uses.put(id, new ArrayList<>()));
        if (!uses.isEmpty()) {
            forEach((name, subject) -> subject.versions().stream()
                    .filter(version -> uses.containsKey(version.id()))
                    .forEach(version -> uses.get(version.id()).add(new Use(name, version))));
        }
        return uses;
    }

    /** Whether any subject has a version. */
    boolean hasAny() {
        List<String> names = new ArrayList<>();
        forEach((name, subject) -> {
            if (!subject.versions().isEmpty()) {
                names.add(name);
            }
        });
        return !names.isEmpty();
    }

    /** Names of the subjects that are {@code shown}, sorted. */
    List<String> subjects(Shown shown) {
        List<String> names = new ArrayList<>();
        forEach((name, subject) -> {
            if (subject.belongsTo(shown)) {
                names.add(name);
            }
        });
        return names;
    }

    /** Every subject, by name. */
    void forEach(BiConsumer<String, Subject> action) {
        SortedMap<String, Documents.Entry> reads = new TreeMap<>();
        for (String segment : documents.children(Znodes.SUBJECTS)) {
            // What no subject's name comes to was not made by a registry.
            Paths.name(segment).ifPresent(name -> reads.put(name, documents.begin(Znodes.subject(name))));
        }
        reads.forEach((name, read) -> read.get(Subject.class).ifPresent(found -> action.accept(name, found.value())));
    }
}
