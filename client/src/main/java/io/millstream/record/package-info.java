/**
 * Kafka's record batch format v2 (KIP-98): a view of one batch as it lies in memory, a builder, the records inside, and
 * the five codecs. No threads, no I/O.
 */
package io.millstream.record;
