/**
 * Writes a job's output to topics, each record exactly once: task attempts stage batches in files, the job's commit decides in one
 * ZooKeeper request, and what is decided is published by whoever, as often as need be, under numbers that brokers recognise.
 */
package io.millstream.hadoop.output;
