package io.millstream.examples.demo;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** Tasks are threads of this process, and files lie on the local disk. */
record LocalPlace(Path folder) implements Place {

    static LocalPlace in(Path directory) {
        return new LocalPlace(directory.resolve("lake"));
    }

    @Override
    public String description() {
        return "The job will run in this process, too.";
    }

    @Override
    public Configuration configuration() {
        return new Configuration();
    }

    @Override
    public String lake() {
        return folder.toUri().toString();
    }

    @Override
    public String ofFiles() {
        return "";
    }

    @Override
    public Path readBack() {
        return folder;
    }

    @Override
    public void close() {
        // What is there is there to stay.
    }
}
