/**
 * What runs in the ingest job's map tasks: records decoded, sorted into hours, written as Parquet into the attempt's own
 * folder, each offset accounted for in a report, and the whole made final by one rename. Tasks know only their configuration
 * and the plan; they never talk to ZooKeeper.
 */
package io.millstream.hadoop.ingest.task;
