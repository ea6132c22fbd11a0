/**
 * Avro records as the values and keys of a topic's records, in the wire format of the Confluent Schema Registry: a zero
 * byte, the writer schema's id as four bytes, big-endian, and the record in Avro's binary encoding.
 */
package io.millstream.schemas.serde;
