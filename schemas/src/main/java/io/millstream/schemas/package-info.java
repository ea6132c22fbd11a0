/**
 * Avro schemas by number: an id names one schema for ever, a subject holds the versions of one kind of record. Kept in
 * ZooKeeper by compare-and-set, so that any number of registries serve at once.
 */
package io.millstream.schemas;
