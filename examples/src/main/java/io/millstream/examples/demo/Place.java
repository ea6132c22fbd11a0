package io.millstream.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** Where the ingest job runs, and where what it publishes lies. */
interface Place extends AutoCloseable {

    /** In words, for who watches. */
    String description();

    /** Of the job; a new one each time. */
    Configuration configuration();

    /** The job's target, with its scheme. */
    String lake();

    /** Whose files {@link #readBack} has, as a part of a sentence; may be empty. */
    String ofFiles();

    /** A folder of this machine with all that lies in the target now. */
    Path readBack() throws IOException;

    @Override
    void close() throws IOException;

    /** Makes one. */
    interface Maker {

        /** @param directory where it may keep what it needs */
        Place in(Path directory) throws IOException;
    }
}
