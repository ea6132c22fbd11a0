/**
 * The hourly ingest job: what was produced since its last run, as Parquet files by hour, each record exactly once.
 *
 * <p>{@link io.millstream.hadoop.ingest.IngestJob} is the command, {@code IngestRun} one run in the order of the protocol: take
 * the fence, finish or clear an earlier run, plan, read with Hadoop, write the manifest, commit files and offsets by one
 * ZooKeeper request, publish. The run may die between any two steps; the next one finishes or clears it.
 */
package io.millstream.hadoop.ingest;
