/**
 * What an ingest run writes down (plan, task reports, manifest, run record) and what follows from it: whether all offsets are
 * accounted for, what the next driver does with an earlier run, how a file is published. Data and pure functions only.
 */
package io.millstream.hadoop.ingest.document;
