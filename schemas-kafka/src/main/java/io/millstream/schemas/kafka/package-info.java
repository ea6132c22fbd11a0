/**
 * Avro serializers that Apache Kafka's own clients take by name, configured by the keys that their users know. Names two
 * interfaces and an exception of Kafka's, which the application brings, and nothing else of it.
 */
package io.millstream.schemas.kafka;
