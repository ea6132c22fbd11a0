package io.millstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.millstream.coordination.Paths;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Where schemas are in ZooKeeper, and the documents that lie there. What older releases did not know they left out. */
final class Znodes {

    /** Holds a {@link LastId}; below it, each id holds a {@link StoredSchema}, never changed but when it is removed. */
    static final String IDS = Paths.SCHEMAS + "/ids";

    /**
     * Below it, the SHA-256 of each schema's text and references holds a {@link SchemaId}, for ever. Written again whenever
     * the schema comes to be used in one more place, so that its removal can be sure that there is none.
     */
    static final String HASHES = Paths.SCHEMAS + "/hashes";

    /** Below it, each subject holds a {@link Subject}. */
    static final String SUBJECTS = Paths.SCHEMAS + "/subjects";

    /** Below it, each subject that others refer to holds its {@link Referrers}. */
    static final String REFERRERS = Paths.SCHEMAS + "/referrers";

    /** Holds the {@link Settings} of all subjects that have none of their own. */
    static final String SETTINGS = Paths.SCHEMAS + "/settings";

    /** What must be there before the first document. */
    static final List<String> PARENTS = List.of(IDS, HASHES, SUBJECTS, REFERRERS, SETTINGS);

    private Znodes() {}

    static String id(int id) {
        return IDS + "/" + id;
    }

    static String hash(String hash) {
        return HASHES + "/" + hash;
    }

    static String subject(String subject) {
        return SUBJECTS + "/" + Paths.segment(subject);
    }

    /** The subject of this name, as this session knows it. */
    static Subject subject(Documents documents, String name) {
        return documents.get(subject(name), Subject.class).orElse(Subject.NONE);
    }

    static String referrers(String subject) {
        return REFERRERS + "/" + Paths.segment(subject);
    }

    /** @param lastId the highest given out so far; 0 if none */
    record LastId(int lastId) {}

    /** @param id of the schema that this version was, and is for ever */
    record StoredReference(String name, String subject, int version, int id) {
        SchemaReference asWritten() {
            return new SchemaReference(name, subject, version);
        }
    }

    /**
     * @param type "AVRO", the only one so far
     * @param schema the canonical text; empty if it was removed
     * @param references of the text
     * @param removed whether the last version of any subject that had it was deleted permanently; the id stays the schema's
     */
    record StoredSchema(
            String type,
            String schema,
            @JsonInclude(Include.NON_EMPTY) List<StoredReference> references,
            @JsonInclude(Include.NON_DEFAULT) @JsonSetter(nulls = Nulls.AS_EMPTY) boolean removed) {
        StoredSchema {
            references = references == null ? List.of() : List.copyOf(references);
        }

        /** What is left of a schema that was removed. */
        StoredSchema gone() {
            return new StoredSchema(type, "", List.of(), true);
        }
    }

    /** @param id of the schema with this hash */
    record SchemaId(int id) {}

    /** @param versions each version that others refer to, and their ids; of soft-deleted others, too */
    record Referrers(SortedMap<Integer, SortedSet<Integer>> versions) {
        /** Nobody refers to the subject. */
        static final Referrers NONE = new Referrers(null);

        Referrers {
            versions = versions == null ? new TreeMap<>() : versions;
        }

        /** Ids of those that refer to {@code version}. */
        SortedSet<Integer> of(int version) {
            return versions.getOrDefault(version, new TreeSet<>());
        }

        Referrers with(int version, int id) {
            SortedMap<Integer, SortedSet<Integer>> more = new TreeMap<>(versions);
            SortedSet<Integer> ids = new TreeSet<>(of(version));
            ids.add(id);
            more.put(version, ids);
            return new Referrers(more);
        }

        Referrers without(int version, int id) {
            SortedMap<Integer, SortedSet<Integer>> fewer = new TreeMap<>(versions);
            SortedSet<Integer> ids = new TreeSet<>(of(version));
            ids.remove(id);
            if (ids.isEmpty()) {
                fewer.remove(version);
            } else {
                fewer.put(version, ids);
            }
            return new Referrers(fewer);
        }
    }

    /**
     * @param level of compatibility; null if it was never set
     * @param mode null if it was never set
     */
    record Settings(
            @JsonInclude(Include.NON_NULL) CompatibilityLevel level, @JsonInclude(Include.NON_NULL) RegistryMode mode) {

        /** Nothing was ever set. */
        static final Settings NONE = new Settings(null, null);
    }
}
