/**
 * The file system that an ingest job writes to, as the few calls the job makes: one small interface, so that what happens to
 * files can be counted, stopped and replayed from below. Renames never overwrite.
 */
package io.millstream.hadoop.ingest.storage;
