package io.millstream.schemas;

import io.millstream.coordination.Paths;
import java.util.List;

/** Where schemas are in ZooKeeper, and the documents that lie there. */
final class Znodes {

    /** Holds a {@link LastId}; below it, each id holds a {@link StoredSchema}, never changed. */
    static final String IDS = Paths.SCHEMAS + "/ids";

    /** Below it, the SHA-256 of each schema's canonical text holds a {@link SchemaId}. */
    static final String HASHES = Paths.SCHEMAS + "/hashes";

    /** Below it, each subject holds a {@link Subject}. */
    static final String SUBJECTS = Paths.SCHEMAS + "/subjects";

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

    /** @param lastId given out so far; 0 if none */
    record LastId(int lastId) {}

    /**
     * @param type "AVRO", the only one so far
     * @param schema the canonical text
     */
    record StoredSchema(String type, String schema) {}

    /** @param id of the schema with this hash */
    record SchemaId(int id) {}

    /**
     * @param version from 1
     * @param id of the schema
     */
    record Version(int version, int id) {}

    /** @param versions oldest first */
    record Subject(List<Version> versions) {}
}
