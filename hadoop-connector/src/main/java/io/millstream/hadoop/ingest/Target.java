package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;

/** Where a job writes: the file system, and where things lie on it. */
record Target(TargetStorage storage, TargetLayout layout) {}
