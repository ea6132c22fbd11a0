package io.millstream.hadoop.ingest.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Path;

/** The rename of {@link FileContext} without overwriting: in HDFS, one transaction of the name node. */
final class ContextRename implements AtomicRename {

    private final FileContext context;

    ContextRename(FileContext context) {
        this.context = context;
    }

    @Override
    public Renamed rename(Path from, Path to) throws IOException {
        try {
            context.rename(from, to);
            return Renamed.DONE;
        } catch (FileAlreadyExistsException e) {
            return Renamed.TARGET_EXISTS;
        } catch (FileNotFoundException e) {
            // Also what a missing parent of the target gives; only the source's absence is an answer.
            if (context.util().exists(from)) {
                throw e;
            }
            return Renamed.SOURCE_MISSING;
        }
    }
}
