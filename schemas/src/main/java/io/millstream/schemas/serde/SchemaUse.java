package io.millstream.schemas.serde;

/** Which schema of its subject a serializer writes with. */
public enum SchemaUse {
    /** The value's own, registered if it is not: for development, and where producers own their schemas. */
    REGISTER,
    /** The value's own, which must be registered already: schemas are somebody's decision. */
    REGISTERED,
    /**
     * The subject's newest, whatever the value's own is: values are resolved to it, and nothing of them may get lost.
     * Numbers may be widened.
     */
    NEWEST
}
