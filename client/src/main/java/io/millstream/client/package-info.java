/**
 * What programs use: a live view of the cluster, reading a bounded range of a partition with every offset accounted for,
 * an idempotent producer, and the admin calls that planning needs. Fit for Hadoop tasks: calls block with time-outs,
 * errors name topic, partition, offset and broker.
 *
 * <p>Inside, what decides runs on one {@link io.millstream.core.Loop} and never blocks; the blocking calls wait for it.
 */
package io.millstream.client;
