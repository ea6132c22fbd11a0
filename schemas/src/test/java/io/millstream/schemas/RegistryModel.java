package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** A registry as simple as can be: in memory, for one caller. What the real one does must look the same. */
final class RegistryModel {

    /** A subject of the model. */
    private static final class Entry {
        private final List<SubjectVersion> versions = new ArrayList<>();
        private int last;
        private CompatibilityLevel level;
        private RegistryMode mode;

        private List<SubjectVersion> live() {
            return versions.stream().filter(it -> !it.deleted()).toList();
        }
    }

    private final SortedMap<String, Entry> subjects = new TreeMap<>();
    private final Map<SchemaDefinition, Integer> ids = new HashMap<>();
    private CompatibilityLevel level;
    private RegistryMode mode;

    private Entry entry(String subject) {
        return subjects.computeIfAbsent(subject, absent -> new Entry());
    }

    private static SchemaException refused(Reason reason) {
        return new SchemaException(reason, "model", null);
    }

    private RegistryMode mode(String subject) {
        RegistryMode all = mode == null ? RegistryMode.READWRITE : mode;
        RegistryMode own = entry(subject).mode;
        return own == null || all == RegistryMode.READONLY_OVERRIDE ? all : own;
    }

    private void requireChangeable(String subject) {
        if (mode(subject).isReadOnly()) {
            throw refused(Reason.NOT_PERMITTED);
        }
    }

    SubjectVersion register(String subject, SchemaDefinition definition) {
        Entry entry = entry(subject);
        for (SchemaReference each : definition.references()) {
            if (version(each, false).isEmpty()) {
                throw refused(Reason.INVALID);
            }
        }
        Optional<SubjectVersion> same = entry.live().stream()
                .filter(it -> it.definition().equals(definition))
                .reduce((earlier, later) -> later);
        if (same.isPresent()) {
            return same.get();
        }
        if (mode(subject) != RegistryMode.READWRITE) {
            throw refused(Reason.NOT_PERMITTED);
        }
        CompatibilityLevel all = level == null ? CompatibilityLevel.BACKWARD : level;
        List<Schema> earlier =
                entry.live().stream().map(it -> schema(it.definition())).toList();
        if (!Compatibility.check(entry.level == null ? all : entry.level, schema(definition), earlier)
                .isEmpty()) {
            throw refused(Reason.INCOMPATIBLE);
        }
        int id = ids.computeIfAbsent(definition, absent -> ids.size() + 1);
        SubjectVersion added = new SubjectVersion(subject, ++entry.last, id, definition, false);
        entry.versions.add(added);
        return added;
    }

    private Optional<SubjectVersion> version(SchemaReference reference, boolean deletedToo) {
        return entry(reference.subject()).versions.stream()
                .filter(it -> it.version() == reference.version() && (deletedToo || !it.deleted()))
                .findFirst();
    }

    private Schema schema(SchemaDefinition definition) {
        Schema.Parser parser = new Schema.Parser();
        definition
                .references()
                .forEach(each -> parser.parse(
                        version(each, true).orElseThrow().definition().text()));
        return parser.parse(definition.text());
    }

    List<Integer> delete(String subject, Optional<Integer> number, boolean permanent) {
        Entry entry = entry(subject);
        if (entry.versions.isEmpty()) {
            throw refused(Reason.SUBJECT_NOT_FOUND);
        }
        List<SubjectVersion> doomed = doomed(entry, number, permanent);
        requireChangeable(subject);
        Set<Integer> numbers = new TreeSet<>();
        doomed.forEach(it -> numbers.add(it.version()));
        boolean isReferenced = all().filter(it -> permanent || !it.deleted())
                .filter(it -> !it.subject().equals(subject) || !numbers.contains(it.version()))
                .flatMap(it -> it.definition().references().stream())
                .anyMatch(each -> each.subject().equals(subject) && numbers.contains(each.version()));
        if (isReferenced) {
            throw refused(Reason.REFERENCED);
        }
        if (permanent) {
            entry.versions.removeAll(doomed);
        } else {
            entry.versions.replaceAll(it -> numbers.contains(it.version())
                    ? new SubjectVersion(subject, it.version(), it.id(), it.definition(), true)
                    : it);
            if (entry.live().isEmpty()) {
                entry.level = null;
                entry.mode = null;
            }
        }
        return List.copyOf(numbers);
    }

    private static List<SubjectVersion> doomed(Entry entry, Optional<Integer> number, boolean permanent) {
        if (number.isPresent()) {
            SubjectVersion one = entry.versions.stream()
                    .filter(it -> it.version() == number.get())
                    .findFirst()
                    .orElseThrow(() -> refused(Reason.VERSION_NOT_FOUND));
            if (one.deleted() != permanent) {
                throw refused(permanent ? Reason.VERSION_NOT_SOFT_DELETED : Reason.VERSION_SOFT_DELETED);
            }
            return List.of(one);
        }
        if (permanent && !entry.live().isEmpty()) {
            throw refused(Reason.SUBJECT_NOT_SOFT_DELETED);
        }
        if (!permanent && entry.live().isEmpty()) {
            throw refused(Reason.SUBJECT_SOFT_DELETED);
        }
        return List.copyOf(permanent ? entry.versions : entry.live());
    }

    Optional<CompatibilityLevel> setLevel(Optional<String> subject, CompatibilityLevel to) {
        Optional<CompatibilityLevel> before =
                Optional.ofNullable(subject.isPresent() ? entry(subject.get()).level : level);
        if (before.equals(Optional.ofNullable(to))) {
            return before;
        }
        if (subject.isPresent()) {
            requireChangeable(subject.get());
            entry(subject.get()).level = to;
        } else {
            if (mode != null && mode.isReadOnly()) {
                throw refused(Reason.NOT_PERMITTED);
            }
            level = to;
        }
        return before;
    }

    Optional<RegistryMode> setMode(Optional<String> subject, RegistryMode to) {
        Optional<RegistryMode> before = Optional.ofNullable(subject.isPresent() ? entry(subject.get()).mode : mode);
        if (subject.isPresent()) {
            entry(subject.get()).mode = to;
        } else {
            mode = to;
        }
        return before;
    }

    Optional<SubjectVersion> lookup(String subject, SchemaDefinition definition, boolean deletedToo) {
        List<SubjectVersion> versions = versions(subject, deletedToo);
        if (definition.references().stream()
                .anyMatch(each -> version(each, true).isEmpty())) {
            throw refused(Reason.INVALID);
        }
        return versions.stream()
                .filter(it -> it.definition().equals(definition))
                .reduce((earlier, later) -> later);
    }

    List<SubjectVersion> versions(String subject, boolean deletedToo) {
        List<SubjectVersion> shown = deletedToo
                ? List.copyOf(entry(subject).versions)
                : entry(subject).live();
        if (shown.isEmpty()) {
            throw refused(Reason.SUBJECT_NOT_FOUND);
        }
        return shown;
    }

    List<String> subjects(boolean deletedToo) {
        return subjects.entrySet().stream()
                .filter(each -> !(deletedToo
                                ? each.getValue().versions
                                : each.getValue().live())
                        .isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The schema of each id that some version has. */
    SortedMap<Integer, SchemaDefinition> schemas() {
        SortedMap<Integer, SchemaDefinition> schemas = new TreeMap<>();
        all().forEach(it -> schemas.put(it.id(), it.definition()));
        return schemas;
    }

    private Stream<SubjectVersion> all() {
        return subjects.values().stream().flatMap(entry -> entry.versions.stream());
    }
}
