package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;

/** What several have to say in the same words. */
final class Refusals {

    private Refusals() {}

    static SchemaException noSubject(String name) {
        return new SchemaException(Reason.SUBJECT_NOT_FOUND, "There is no subject '" + name + "'", null);
    }

    /** @throws SchemaException ({@link Reason#SUBJECT_NOT_FOUND}) if {@code subject} has no versions, deleted or not */
    static void requireKnown(String name, Subject subject) {
        if (subject.versions().isEmpty()) {
            throw noSubject(name);
        }
    }

    static SchemaException noVersion(String name, int version) {
        String what = version == SchemaRegistry.LATEST ? "version that is not deleted" : "version " + version;
        return new SchemaException(Reason.VERSION_NOT_FOUND, "Subject '" + name + "' has no " + what, null);
    }

    static SchemaException noSchema(int id) {
        return new SchemaException(Reason.NOT_FOUND, "No schema has the id " + id, null);
    }

    static SchemaException referenced(String name, Uses.Use use) {
        return new SchemaException(
                Reason.REFERENCED,
                "Version " + use.version().version() + " of subject '" + use.subject()
                        + "' refers to what is to be deleted of subject '" + name + "': delete that first",
                null);
    }
}
