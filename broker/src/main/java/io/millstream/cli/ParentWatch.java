package io.millstream.cli;

import java.io.IOException;
import picocli.CommandLine.Option;

/** For a server that another process starts for itself: it does not outlive that process, however that ends. */
final class ParentWatch {

    static final String OPTION = "--halt-at-end-of-input";

    @Option(names = OPTION, hidden = true, description = "Ends at once when standard input does.")
    private boolean halt;

    void apply() {
        if (halt) {
            Thread watch = new Thread(ParentWatch::haltAtEnd, "parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
    }

    private static void haltAtEnd() {
        try {
            int read;
            do {
                read = System.in.read(); // nobody sends anything; what counts is the end
            } while (read >= 0);
        } catch (IOException e) {
            System.err.println("millstream: Standard input cannot be read (" + e + "), so this process ends.");
        }
        Runtime.getRuntime().halt(picocli.CommandLine.ExitCode.SOFTWARE);
    }
}
