/**
 * The whole story on one machine, embedded: ZooKeeper, a broker, Avro producers (stock {@code kafka-clients}), the hourly
 * ingest job, Parquet read back by another engine, offsets in ZooKeeper, and the evidence that all of it agrees.
 */
package io.millstream.examples.demo;
