package io.millstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A subject as it lies in ZooKeeper, all of it in one document: whoever changes it has seen the rest. Immutable. (Its methods
 * are named so that none is taken for a property of the document.)
 *
 * @param versions ascending; those deleted permanently are gone
 * @param usedUpTo the highest number of those; 0 if there were none
 * @param level of compatibility; null if it is that of all
 * @param mode null if it is that of all
 */
record Subject(
        List<Version> versions,
        @JsonInclude(Include.NON_DEFAULT) @JsonSetter(nulls = Nulls.AS_EMPTY) int usedUpTo,
        @JsonInclude(Include.NON_NULL) CompatibilityLevel level,
        @JsonInclude(Include.NON_NULL) RegistryMode mode) {

    /** One of which there is no document. */
    static final Subject NONE = new Subject(List.of(), 0, null, null);

    /**
     * @param version from 1
     * @param id of the schema
     * @param refs whether the schema refers to others
     * @param deleted whether it is deleted softly; stored under a short name, since there may be thousands in a znode
     */
    record Version(
            int version,
            int id,
            @JsonInclude(Include.NON_DEFAULT) @JsonSetter(nulls = Nulls.AS_EMPTY) boolean refs,
            @JsonProperty("del") @JsonInclude(Include.NON_DEFAULT) @JsonSetter(nulls = Nulls.AS_EMPTY)
                    boolean deleted) {

        Version softlyDeleted() {
            return new Version(version, id, refs, true);
        }
    }

    Subject {
        versions = versions == null ? List.of() : List.copyOf(versions);
    }

    List<Version> shown(Shown shown) {
        return versions.stream().filter(it -> shown.shows(it.deleted)).toList();
    }

    boolean has(Shown shown) {
        return versions.stream().anyMatch(it -> shown.shows(it.deleted));
    }

    /** Whether this subject is one of those that are {@code shown}. */
    boolean belongsTo(Shown shown) {
        return shown == Shown.DELETED_ONLY ? !versions.isEmpty() && !has(Shown.LIVE) : has(shown);
    }

    /** The version of this number, deleted softly or not. */
    Optional<Version> find(int version) {
        return versions.stream().filter(it -> it.version == version).findFirst();
    }

    /** The newest of those that are {@code shown}. */
    Optional<Version> latest(Shown shown) {
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (shown.shows(versions.get(i).deleted)) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    /** The newest version with the schema of this id, of those that are {@code shown}. */
    Optional<Version> latestOf(int id, Shown shown) {
        return versions.stream()
                .filter(it -> it.id == id && shown.shows(it.deleted))
                .reduce((earlier, later) -> later);
    }

    /** What the next version is called; none was ever called so. */
    int nextVersion() {
        int last = versions.isEmpty() ? 0 : versions.get(versions.size() - 1).version;
        return Numbers.after(Math.max(last, usedUpTo), "version");
    }

    Subject plus(Version added) {
        List<Version> more = new ArrayList<>(versions);
        more.add(added);
        more.sort(Comparator.comparingInt(Version::version));
        return new Subject(more, usedUpTo, level, mode);
    }

    /** With these versions deleted softly. What was set for the subject goes with its last live version. */
    Subject softlyWithout(Set<Integer> deleted) {
        List<Version> all = versions.stream()
                .map(it -> deleted.contains(it.version) ? it.softlyDeleted() : it)
                .toList();
        boolean isLive = all.stream().anyMatch(it -> !it.deleted);
        return isLive ? new Subject(all, usedUpTo, level, mode) : new Subject(all, usedUpTo, null, null);
    }

    /** Without these versions. */
    Subject without(Collection<Version> deleted) {
        List<Version> rest = new ArrayList<>(versions);
        rest.removeAll(Set.copyOf(deleted));
        int highest = deleted.stream().mapToInt(Version::version).max().orElse(0);
        return new Subject(rest, Math.max(usedUpTo, highest), level, mode);
    }

    Subject withLevel(CompatibilityLevel other) {
        return new Subject(versions, usedUpTo, other, mode);
    }

    Subject withMode(RegistryMode other) {
        return new Subject(versions, usedUpTo, level, other);
    }
}
