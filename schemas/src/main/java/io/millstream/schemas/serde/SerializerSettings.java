package io.millstream.schemas.serde;

import java.util.Objects;

/**
 * How a serializer finds schemas.
 *
 * @param part of the records that it serializes
 * @param subjects what the subjects are called
 * @param use which schema of a subject is written with
 * @param normalize whether schemas are registered and looked up in their normal form
 * @param reflection whether and how objects of plain classes are written
 * @param logicalTypes whether generic values have Java's types for logical ones ({@code Instant}, {@code BigDecimal} and
 *     so on) rather than what these are made of
 */
public record SerializerSettings(
        RecordPart part,
        SubjectNames subjects,
        SchemaUse use,
        boolean normalize,
        Reflection reflection,
        boolean logicalTypes) {

    public SerializerSettings {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(subjects, "subjects");
        Objects.requireNonNull(use, "use");
        Objects.requireNonNull(reflection, "reflection");
    }

    /** Subjects by topic, schemas registered as they come. */
    public static SerializerSettings defaults(RecordPart part) {
        return new SerializerSettings(part, SubjectNames.TOPIC, SchemaUse.REGISTER, false, Reflection.NONE, false);
    }

    /** The same with other subjects. */
    public SerializerSettings withSubjects(SubjectNames other) {
        return new SerializerSettings(part, other, use, normalize, reflection, logicalTypes);
    }

    /** The same with another choice among a subject's schemas. */
    public SerializerSettings withUse(SchemaUse other) {
        return new SerializerSettings(part, subjects, other, normalize, reflection, logicalTypes);
    }

    /** The same with schemas in normal form, or not. */
    public SerializerSettings withNormalize(boolean other) {
        return new SerializerSettings(part, subjects, use, other, reflection, logicalTypes);
    }

    /** The same with another treatment of plain classes. */
    public SerializerSettings withReflection(Reflection other) {
        return new SerializerSettings(part, subjects, use, normalize, other, logicalTypes);
    }

    /** The same with Java's types for logical types in generic values, or without. */
    public SerializerSettings withLogicalTypes(boolean other) {
        return new SerializerSettings(part, subjects, use, normalize, reflection, other);
    }
}
