package io.millstream.hadoop.ingest.storage;

import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** A rename in one step that never overwrites. How it is had differs between file systems. */
interface AtomicRename {

    /** As {@link TargetStorage#rename}. */
    Renamed rename(Path from, Path to) throws IOException;
}
