package io.millstream.schemas;

import org.apache.avro.Schema;

/**
 * One version of a subject.
 *
 * @param subject the subject's name
 * @param version counts the subject's versions, from 1
 * @param id of the schema, from 1; other subjects may have the same
 * @param schema the schema
 */
public record RegisteredSchema(String subject, int version, int id, Schema schema) {}
