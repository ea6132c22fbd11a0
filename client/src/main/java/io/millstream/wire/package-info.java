/**
 * The Kafka wire protocol below the level of messages: versions, primitive types in their plain and compact forms,
 * headers, error codes. Everything read from a peer is bounded before it is allocated. No threads, no I/O.
 */
package io.millstream.wire;
