package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;

/**
 * What a schema's text names but does not say: a type that a version of a subject defines.
 *
 * @param name by which the text names it; for Avro, the type's full name
 * @param subject where it is registered
 * @param version of that subject, from 1
 */
public record SchemaReference(String name, String subject, int version) {

    /** @throws SchemaException ({@link Reason#INVALID}) if something is missing */
    public SchemaReference {
        if (name == null || name.isEmpty() || subject == null || subject.isEmpty() || version < 1) {
            throw new SchemaException(
                    Reason.INVALID,
                    "A reference has a name, a subject and a version from 1; this one has '" + name + "', '" + subject
                            + "' and " + version,
                    null);
        }
    }
}
