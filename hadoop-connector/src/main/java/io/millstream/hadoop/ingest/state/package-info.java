/**
 * The ingest job's side of ZooKeeper: who drives, how far the current run is, which offsets are committed, and the one request
 * that commits a run. Every write carries the fence, so that a driver that was replaced can change nothing any more.
 */
package io.millstream.hadoop.ingest.state;
