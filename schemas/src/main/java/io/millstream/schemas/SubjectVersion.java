package io.millstream.schemas;

/**
 * One version of a subject.
 *
 * @param subject the subject's name
 * @param version of the subject, from 1
 * @param id of the schema, from 1; other subjects may have the same
 * @param definition the schema, its text without the white space of its author
 * @param deleted whether it is deleted softly: shown only to those who ask for it, its id as good as ever
 */
public record SubjectVersion(String subject, int version, int id, SchemaDefinition definition, boolean deleted) {}
